import * as z from 'zod';

/** The JSON Schema of an object. */
export type JsonSchema = {
  type: 'object';
  properties: Record<string, Record<string, string | string[]>>;
  required?: string[];
  [keyword: string]: unknown;
};

/** What every failed call answers, and so what every output schema must admit: SDK 1.x clients check errors too. */
const Failure = { error: z.unknown().optional().describe('On failure: code, message, hint, retryable, http_status') };

/** The JSON Schema a tool publishes for its arguments: a closed object. */
export function publishInput(input: z.ZodObject): JsonSchema {
  return publish(input, 'input');
}

/** The JSON Schema a tool publishes for its results, failures included: an open object that requires nothing. */
export function publishOutput(output: z.ZodObject): JsonSchema {
  return publish(z.looseObject(output.partial().extend(Failure).shape), 'output');
}

/**
 * JSON Schema without what breaks some client or model provider: no `$schema`, `$ref`, `anyOf`, `const`, `format`, type
 * lists; no `pattern` either, as dialects differ. What is left out here is still checked at run time, and stated in
 * words by the descriptions.
 */
function publish(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...published } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => plain(jsonSchema) });
  return { ...JSON.parse(JSON.stringify(published)), type: 'object' }; // Less what zod adds for its own use.
}

function plain(schema: { [keyword: string]: unknown }): void {
  delete schema.format;
  delete schema.pattern;
  // A field that may be null is published without a type: a list of types is what breaks clients.
  delete schema.anyOf;
  // What a loose object adds says what leaving the keyword out says.
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties;
}
