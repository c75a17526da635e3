/**
 * Replaces, by an alias of the build, the module in which the SDK selects its JSON Schema validator. For Node that is ajv, a
 * third of the code that a start loads. It checks responses to `elicitInput`, which this server does not use.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('The SDK’s JSON Schema validator is not part of this program.');
  }
}

/** The global object: importing `node:process` reads every property of it, which takes 2 ms of each start. */
export const { process } = globalThis;
