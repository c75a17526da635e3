import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const FILE = 'release/install.json';

/** The documents: files, and folders whose texts and scripts are all meant. */
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'mcp.json', 'docs', 'deploy'];
const TEXT = /\.(?:md|json|mjs|sh|ya?ml)$/;

/** How the documents install and start the package: the one place. */
const Install = z.strictObject({
  /** Whether the package is on npm under its name. Until then, no document may name it to npm. */
  published: z.boolean(),
  /** Each text that differs: from a checkout, whose command is on the PATH, and from npm. */
  texts: z.array(z.strictObject({ checkout: z.string().min(1), npm: z.string().min(1) })).min(1),
});
type Install = z.infer<typeof Install>;

/** Commands and configurations that make npm, or a program like it, fetch the package by its name. */
const FETCHES = [
  /\b(?:npx|bunx|pnpx)\b[^`\n]*?\baiven-cmk-mcp\b/,
  /\b(?:npm|pnpm|yarn|bun)\s+(?:i|in|install|add|exec|x|dlx|create)\b(?:\s+-\S+)*\s+aiven-cmk-mcp(?![\w.-]*\.tgz)/,
  /"npx"/,
  /(?:^|[:=[,-])[ \t]*["']?npx["']?[ \t]*(?:$|[,\]}])/m,
];

/** The configuration in the link of an install button: JSON for VS Code, base64 for Cursor. */
const BUTTON = /(?<=[?&]config=)[^)\s"&]+/g;

/** Returns the settings of a tree. @throws Error that names a value which is not of its form. */
export function readInstall(root: string): Install {
  const { data, error } = Install.safeParse(JSON.parse(readFileSync(join(root, FILE), 'utf8')));
  if (error) throw new Error(`${FILE}: ${z.prettifyError(error)}`);
  return data;
}

/** Returns a document with every text and every button in the form of a state. */
export function toForm(document: string, { texts, published }: Install): string {
  const [from, to] = published ? (['checkout', 'npm'] as const) : (['npm', 'checkout'] as const);
  const forms = new Map(texts.map((text) => [text[from], text[to]]));
  const longestFirst = [...forms.keys()].sort((one, other) => other.length - one.length);
  const any = new RegExp(longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'g');
  const change = (text: string) => text.replace(any, (found) => forms.get(found) ?? found);
  return change(document).replace(BUTTON, (config) => writeButton(config, change(readButton(config))));
}

/** Returns what a button's configuration says, as JSON. */
function readButton(config: string): string {
  const text = decodeURIComponent(config);
  return text.startsWith('{') ? text : Buffer.from(text, 'base64').toString();
}

function writeButton(before: string, json: string): string {
  const isPlain = decodeURIComponent(before).startsWith('{');
  return encodeURIComponent(isPlain ? json : Buffer.from(json).toString('base64'));
}

/**
 * Checks that every document has the form of the current state.
 * @throws Error that names a document with a text of the other state, or one that fetches the package while it is not published
 */
export function checkInstall(root: string): void {
  const install = readInstall(root);
  for (const file of documentsOf(root)) {
    const text = readFileSync(join(root, file), 'utf8');
    if (toForm(text, install) !== text) throw new Error(`${file} is not as ${FILE} says: npm run release -- --install`);
    const shown = `${text}\n${(text.match(BUTTON) ?? []).map(readButton).join('\n')}`;
    const fetches = install.published ? undefined : FETCHES.map((each) => each.exec(shown)?.[0]).find(Boolean);
    if (fetches) throw new Error(`${file} fetches a package that is not published: ${fetches}`);
  }
}

/** Writes every document of a tree in the form of a state, and the state itself. Returns the files that changed. */
export function writeInstall(root: string, published = readInstall(root).published): string[] {
  const install = { ...readInstall(root), published };
  return [FILE, ...documentsOf(root)].filter((file) => {
    const before = readFileSync(join(root, file), 'utf8');
    const after =
      file === FILE
        ? before.replace(/(?<=^ {2}"published": )(?:true|false)/m, String(published))
        : toForm(before, install);
    if (after !== before) writeFileSync(join(root, file), after);
    return after !== before;
  });
}

/** Returns the documents of a tree that can show how to install, in order. */
export function documentsOf(root: string): string[] {
  return DOCUMENTS.filter((name) => existsSync(join(root, name))).flatMap((name) => {
    if (statSync(join(root, name)).isFile()) return [name];
    const inside = readdirSync(join(root, name), { recursive: true, encoding: 'utf8' });
    return inside
      .filter((path) => TEXT.test(path))
      .sort()
      .map((path) => `${name}/${path.replaceAll('\\', '/')}`);
  });
}
