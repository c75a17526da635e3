import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { ToolList } from './start.ts';

/** Size of a tool list in a model's context, as compact JSON in o200k tokens. */
export interface Tokens {
  /** Names, descriptions and input schemas, which hosts pass on to the model. */
  readonly read: number;
  /** The whole response to `tools/list`. */
  readonly whole: number;
}

/** Counts the tokens of a tool list. */
export function tokensOf(list: ToolList): Tokens {
  const read = list.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return { read: count(read), whole: count(list) };
}

function count(value: unknown): number {
  return encode(JSON.stringify(value)).length;
}
