/**
 * Google's GenAI SDK: the declarations a Gemini model gets, and the calls as the SDK makes them for the model. It takes a
 * connected client of SDK 1.x, so that client can ask, within the limits of SDK 1.x.
 */
import { mcpToTool } from '@google/genai';
import { toOutcome } from './outcome.mjs';
import { connect } from './sdk-1.mjs';

export async function open(start) {
  const client = await connect(start);
  const callable = mcpToTool(client, {});
  return {
    async tools() {
      const { functionDeclarations } = await callable.tool();
      return functionDeclarations.map(({ name, parametersJsonSchema }) => ({ name, schema: parametersJsonSchema }));
    },
    async call(name, args) {
      const [{ functionResponse }] = await callable.callTool([{ name, args }]);
      return toOutcome(functionResponse.response.error ?? functionResponse.response);
    },
    close: () => client.close(),
  };
}
