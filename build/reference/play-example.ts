import { jsonBlock } from './markdown.ts';
import { Placeholders } from './placeholders.ts';
import { openSandboxSession } from './sandbox-session.ts';
import { TOOL_EXAMPLES } from './tool-examples.ts';

/** Resolves with a tool's example and its result, from a sandbox of its own. Texts of several lines are shown apart. */
export async function playExample(name: string): Promise<string> {
  const example = TOOL_EXAMPLES[name];
  if (!example) throw new Error(`build/reference/tool-examples.ts has no example of ${name}.`);
  const { client, close } = await openSandboxSession();
  const { structuredContent = {}, isError } = await client.callTool({ name, arguments: example });
  await close();
  if (isError) throw new Error(`The example of ${name} fails: ${JSON.stringify(structuredContent)}`);
  const result = Object.entries(new Placeholders().hide(Object(structuredContent), example) as object);
  const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');
  const shown = Object.fromEntries(
    result.map(([member, value]) => [member, isLong(value) ? '(below)' : shorten(value)]),
  );
  const texts = result.flatMap(([member, value]) =>
    isLong(value) ? [`\`\`\`${member}\n${value.trimEnd()}\n\`\`\``] : [],
  );
  const parts = ['<details><summary>Example</summary>', jsonBlock(example), 'returns', jsonBlock(shown), ...texts];
  return [...parts, '</details>'].join('\n\n');
}

/** Returns a result whose lists of over two entries have their first one alone, and the number of the others. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isLong = value.length > 2 && value.some((each) => typeof each === 'object');
    return isLong ? [shorten(value[0]), `… ${value.length - 1} more`] : value.map(shorten);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shorten(each)]));
}
