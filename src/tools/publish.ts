import * as z from 'zod';

/** The JSON Schema of an object. */
export type JsonSchema = {
  type: 'object';
  properties: Record<string, Record<string, string | string[]>>;
  required?: string[];
  [keyword: string]: unknown;
};

/** The result of every failed call. Every output schema must allow it, because SDK 1.x clients also check errors. */
const Failure = { error: z.unknown().optional().describe('On failure: code, message, hint, retryable, http_status') };

/** Returns the JSON Schema that a tool publishes for its arguments: a closed object. */
export function publishInput(input: z.ZodObject): JsonSchema {
  return publish(input, 'input');
}

/** Returns the JSON Schema that a tool publishes for its results and failures: an open object without required properties. */
export function publishOutput(output: z.ZodObject): JsonSchema {
  return publish(z.looseObject(output.partial().extend(Failure).shape), 'output');
}

/**
 * Returns JSON Schema without keywords that some clients or model providers do not support: `$schema`, `$ref`, `anyOf`,
 * `const`, `format` and lists of types, and `pattern`, because dialects of regular expressions differ. The constraints are
 * still checked at run time, and the descriptions state them.
 */
function publish(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...published } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => plain(jsonSchema) });
  return { ...JSON.parse(JSON.stringify(published)), type: 'object' }; // Removes properties that zod adds for its own use.
}

function plain(schema: { [keyword: string]: unknown }): void {
  delete schema.format;
  delete schema.pattern;
  // A field that may be null is published without a type, because some clients do not support lists of types.
  delete schema.anyOf;
  // Omitting the keyword means the same as the empty schema of a loose object.
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties;
}
