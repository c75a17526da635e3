import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';
import { TOOLSETS } from '../../src/guard/policy.ts';
import { availableTools } from '../../src/tools/catalog.ts';

const ALL = { readOnly: false, projects: [] };

/** Returns the o200k tokens of what hosts hand on to a model: names, descriptions and input schemas, as compact JSON. */
function tokensOf(tools: ReturnType<typeof availableTools>): number {
  return encode(JSON.stringify(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))))
    .length;
}

it('the six tools take at most 900 tokens of a model’s context, and all tools 2,000', () => {
  const six = availableTools({ ...ALL, toolsets: ['cmk'] });
  expect(six).toHaveLength(6);
  expect(tokensOf(six)).toBeLessThanOrEqual(900);
  expect(tokensOf(availableTools({ ...ALL, toolsets: TOOLSETS }))).toBeLessThanOrEqual(2_000);
});
