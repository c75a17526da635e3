/**
 * Stands in, by the build's alias, for the module in which the SDK chooses its JSON Schema validator. The one for Node
 * brings ajv along, a third of the bundle, to check answers to `elicitInput`, which this server does not use.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This server checks what it is sent itself.');
  }
}

/** Not imported: that reads every property of it, which takes 2 ms of each start. */
export const { process } = globalThis;
