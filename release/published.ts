import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { readAccount } from './account.ts';

/** What `npm view NAME --json` says of a package, as far as it is read here. Whoever published it wrote all of this. */
const View = z.object({ name: z.literal(packageJson.name), version: z.string(), mcpName: z.string() });

/** What npm printed about a package. */
export interface Printed {
  /** Of `npm view NAME --json`. */
  readonly view: string;
  /** Of `npm owner ls NAME`: a line for each account that may publish. */
  readonly owners: string;
}

/**
 * Asks npm's registry for the package. Returns the version that is published there.
 * @throws Error if there is no such package, if it is not that of the account, or if the registry gives no answer that can be read
 */
export async function requirePublished(root: string): Promise<string> {
  const { name } = packageJson;
  const view = await ask(root, ['view', name, '--json']);
  // `npm view` has `maintainers`, too, but those of the published package.json hide those of the registry.
  const owners = await ask(root, ['owner', 'ls', name]);
  return requireOurs({ view, owners }, readAccount(root).npmOwners);
}

async function ask(root: string, args: readonly string[]): Promise<string> {
  const asked = promisify(execFile)('npm', args, { cwd: root, encoding: 'utf8' });
  const { stdout } = await asked.catch((error: unknown) => {
    // `npm view` prints its error as JSON, too, and ends with 1; a program that cannot be started prints nothing.
    const { stdout: printed } = z.object({ stdout: z.string() }).catch({ stdout: '' }).parse(error);
    if (printed.includes('"E404"')) throw new Error(`${packageJson.name} is not on npm: publish it first.`);
    const command = `npm ${args.join(' ')}`;
    throw new Error(`Whether ${packageJson.name} is on npm is not known: ${command}`, { cause: error });
  });
  return stdout;
}

/**
 * Checks what npm printed against the npm accounts that may publish. Returns the version.
 * @throws Error if no account is set, or the package has another owner or another name in the MCP registry
 */
export function requireOurs({ view, owners }: Printed, npmOwners: string): string {
  const ours = npmOwners.split(' ').filter(Boolean);
  if (ours.length === 0) throw new Error('release/account.json: npmOwners is not set.');
  const { data, error } = View.safeParse(parse(view));
  if (error) throw new Error(`What npm says of ${packageJson.name} cannot be read: ${z.prettifyError(error)}`);
  if (data.mcpName !== packageJson.mcpName)
    throw new Error(`The package on npm is ${data.mcpName}, not ${packageJson.mcpName}.`);
  // A line that names no account, such as "no admin found", is none of ours either.
  const others = owners
    .trim()
    .split('\n')
    .filter((line) => !ours.includes(/^(\S+) <[^<>]*>\s*$/.exec(line)?.[1] ?? ''));
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
