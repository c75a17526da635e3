import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { readAccount } from './account.ts';

/** What `npm view NAME --json` says of a package, as far as it is read here. The registry itself sets the maintainers. */
const View = z.object({
  name: z.literal(packageJson.name),
  version: z.string(),
  mcpName: z.string(),
  maintainers: z.array(z.string()).min(1),
});

/**
 * Asks npm's registry for the package. Returns the version that is published there.
 * @throws Error if there is no such package, if it is not that of the account, or if the registry gives no answer that can be read
 */
export async function requirePublished(root: string): Promise<string> {
  const { name } = packageJson;
  const ask = promisify(execFile)('npm', ['view', name, '--json'], { cwd: root, encoding: 'utf8' });
  const { stdout } = await ask.catch((error: unknown) => {
    // `npm view` prints its error as JSON, too, and ends with 1; a program that cannot be started prints nothing.
    const { stdout: printed } = z.object({ stdout: z.string() }).catch({ stdout: '' }).parse(error);
    if (printed.includes('"E404"')) throw new Error(`${name} is not on npm: publish it first.`);
    throw new Error(`Whether ${name} is on npm is not known: npm view ${name}`, { cause: error });
  });
  return requireOurs(stdout, readAccount(root).npmOwners);
}

/**
 * Checks what `npm view` printed against the npm accounts that may publish. Returns the version.
 * @throws Error if no account is set, or the package has another maintainer or another name in the MCP registry
 */
export function requireOurs(printed: string, npmOwners: string): string {
  const owners = npmOwners.split(' ').filter(Boolean);
  if (owners.length === 0) throw new Error('release/account.json: npmOwners is not set.');
  const { data, error } = View.safeParse(parse(printed));
  if (error) throw new Error(`What npm says of ${packageJson.name} cannot be read: ${z.prettifyError(error)}`);
  if (data.mcpName !== packageJson.mcpName)
    throw new Error(`The package on npm is ${data.mcpName}, not ${packageJson.mcpName}.`);
  const others = data.maintainers.map((each) => each.split(' <')[0] ?? '').filter((each) => !owners.includes(each));
  if (others.length > 0) throw new Error(`The package on npm is not ours alone: ${others.join(', ')}.`);
  return data.version;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
