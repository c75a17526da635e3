import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { ToolList } from './start.ts';

/** What a tool list costs a model's context, as compact JSON in o200k tokens. */
export interface Tokens {
  /** Names, descriptions and input schemas: what hosts hand on to the model. */
  readonly read: number;
  /** The whole answer to `tools/list`. */
  readonly whole: number;
}

export function tokensOf(list: ToolList): Tokens {
  const read = list.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return { read: count(read), whole: count(list) };
}

function count(value: unknown): number {
  return encode(JSON.stringify(value)).length;
}
