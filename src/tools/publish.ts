import * as z from 'zod';

/** The JSON Schema of an object. */
export type JsonSchema = {
  type: 'object';
  properties: Record<string, Record<string, string | string[]>>;
  required?: string[];
  [keyword: string]: unknown;
};

/** The result of every failed call. Every output schema must admit it, as SDK 1.x clients check errors, too. */
const Failure = { error: z.unknown().optional().describe('On failure: code, message, hint, retryable, http_status') };

/** Returns the JSON Schema that a tool publishes for its arguments: a closed object. */
export function publishInput(input: z.ZodObject): JsonSchema {
  return publish(input, 'input');
}

/** Returns the JSON Schema that a tool publishes for its results, failures included: an open object that requires nothing. */
export function publishOutput(output: z.ZodObject): JsonSchema {
  return publish(z.looseObject(output.partial().extend(Failure).shape), 'output');
}

/**
 * Returns JSON Schema without what breaks some client or model provider: `$schema`, `$ref`, `anyOf`, `const`, `format`, lists of
 * types; nor has it `pattern`, as dialects of regular expressions differ. All of it is still checked at run time, and stated
 * in words by the descriptions.
 */
function publish(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...published } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => plain(jsonSchema) });
  return { ...JSON.parse(JSON.stringify(published)), type: 'object' }; // Without what zod adds for its own use.
}

function plain(schema: { [keyword: string]: unknown }): void {
  delete schema.format;
  delete schema.pattern;
  // A field that may be null is published without a type: a list of types is what breaks clients.
  delete schema.anyOf;
  // Leaving the keyword out means the same as what a loose object adds.
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties;
}
