/** The six tools, in the server's order. */
export const TOOLS = ['accessors', 'create', 'list', 'get', 'update', 'delete'].map((tool) => `aiven_cmk_${tool}`);

/** What the SDK's client gives for a call, as `{ value }` or `{ refusal }`. */
export function toOutcome({ isError, structuredContent, content }) {
  return isError ? { refusal: content[0].text } : { value: structuredContent };
}

/** The same, for frameworks that hand on the text alone. */
export function outcomeOf(text) {
  const value = JSON.parse(text);
  return value.error ? { refusal: text } : { value };
}
