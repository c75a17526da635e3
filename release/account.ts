import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** What only an account outside knows: one place, from which every file that names it is written. Empty while it is not known. */
const Account = z.strictObject({
  /** The GitHub repository, as `https://github.com/OWNER/NAME`. */
  repository: z.union([z.literal(''), z.string().regex(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/)]),
  /** The image without a tag. */
  image: z.string().regex(/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)*\/aiven-cmk-mcp$/),
  /** Who reviews changes: `@USER` or `@ORGANISATION/TEAM`, separated by spaces. */
  codeOwners: z.union([z.literal(''), z.string().regex(/^@[\w-]+(?:\/[\w-]+)?(?: @[\w-]+(?:\/[\w-]+)?)*$/)]),
  /** Names of the npm accounts that may be maintainers of the package, separated by spaces. */
  npmOwners: z.string().regex(/^(?:[\w.-]+(?: [\w.-]+)*)?$/),
});

/** A file that depends on the account, and the text that it must have. */
interface Dependent {
  readonly file: string;
  write(text: string, account: z.infer<typeof Account>): string;
}

const SERVER_NAME = /(?<=io\.github\.)[\w-]+(?=\/aiven-cmk-mcp)/g;

/** Returns the owner in the name of the MCP registry, which takes it from the repository. */
const ownerOf = (repository: string) => repository.split('/').at(-2) ?? 'aiven-cmk-mcp';

const DEPENDENTS: readonly Dependent[] = [
  {
    file: 'package.json',
    write: (text, { repository }) => {
      const lines = [
        `  "homepage": "${repository}#readme",\n  "bugs": "${repository}/issues",\n`,
        `  "repository": {\n    "type": "git",\n    "url": "git+${repository}.git"\n  },\n`,
      ];
      return text
        .replace(SERVER_NAME, ownerOf(repository))
        .replace(
          /(^ {2}"license": .*\n)(?: {2}"(?:homepage|bugs)": .*\n| {2}"repository": \{\n(?: {4}.*\n)* {2}\},\n)*/m,
          (_, license) => (repository === '' ? license : license + lines.join('')),
        );
    },
  },
  {
    file: 'server.json',
    write: (text, { repository }) => {
      const lines = [
        `  "websiteUrl": "${repository}#readme",\n`,
        `  "repository": { "url": "${repository}", "source": "github" },\n`,
      ];
      return text
        .replace(SERVER_NAME, ownerOf(repository))
        .replace(/(^ {2}"description": .*\n)(?: {2}"(?:websiteUrl|repository)": .*\n)*/m, (_, description) =>
          repository === '' ? description : description + lines.join(''),
        );
    },
  },
  { file: 'deploy/Dockerfile', write: (text, { repository }) => text.replace(SERVER_NAME, ownerOf(repository)) },
  {
    file: 'deploy/kubernetes/deployment.yaml',
    write: (text, { image }) => text.replace(/(?<= image: )\S+(?=:)/, image),
  },
  {
    file: 'deploy/helm/aiven-cmk-mcp/values.yaml',
    write: (text, { image }) => text.replace(/(?<=^ {2}repository: )\S+/m, image),
  },
  {
    file: '.github/CODEOWNERS',
    write: (_, { codeOwners }) =>
      `# Written from release/account.json by: npm run release -- --account\n${codeOwners && `* ${codeOwners}\n`}`,
  },
];

/** Returns the account of a tree. @throws Error that names a value which is not of its form. */
export function readAccount(root: string): z.infer<typeof Account> {
  const { data, error } = Account.safeParse(JSON.parse(readFileSync(join(root, 'release/account.json'), 'utf8')));
  if (error) throw new Error(`release/account.json: ${z.prettifyError(error)}`);
  return data;
}

/** Writes the account into every file that names it. Returns the files. @throws Error for an account that is not valid. */
export function writeAccount(root: string): string[] {
  const account = readAccount(root);
  for (const { file, write } of DEPENDENTS) writeFileSync(join(root, file), write(textOf(root, file), account));
  return DEPENDENTS.map(({ file }) => file);
}

/** @throws Error that names a file which does not say what the account says. */
export function checkAccount(root: string): void {
  const account = readAccount(root);
  for (const { file, write } of DEPENDENTS)
    if (write(textOf(root, file), account) !== textOf(root, file))
      throw new Error(`${file} does not say what release/account.json says: npm run release -- --account`);
}

function textOf(root: string, file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
}
