/**
 * Bundles a stdio server without tools, as the SDK is published, and with the creation of its schemas marked pure and their
 * registration removed. Prints the size of both bundles, minified, and how many schemas each creates when it starts.
 */
import { rolldown } from 'rolldown';

const ENTRY = 'virtual:server';
const SERVER = `
  import { McpServer } from '@modelcontextprotocol/server';
  import { serveStdio } from '@modelcontextprotocol/server/stdio';
  serveStdio(() => new McpServer({ name: 'empty', version: '1' }));
`;

const entry = {
  name: 'entry',
  resolveId: (id) => (id === ENTRY ? id : undefined),
  load: (id) => (id === ENTRY ? SERVER : undefined),
};

/** Does what the report asks of the SDK's own build. */
const marked = {
  name: 'marked',
  transform(code, id) {
    const isSchemas = /@modelcontextprotocol\/core\/dist\/(schemas|auth)-[\w-]+\.mjs$/.test(id);
    const isRegistration = /@modelcontextprotocol\/server\/dist\/src-[\w-]+\.mjs$/.test(id);
    if (!isSchemas && !isRegistration) return undefined;
    let text = '';
    let at = 0;
    const change = ({ start, end }, replacement) => {
      text += code.slice(at, start) + replacement;
      at = end;
    };
    for (const statement of this.parse(code).body) {
      const source = code.slice(statement.start, statement.end);
      if (isRegistration && statement.type === 'ForOfStatement' && source.includes('register(key'))
        change(statement, '');
      if (!isSchemas || statement.type !== 'VariableDeclaration') continue;
      for (const { init } of statement.declarations) {
        if (init?.type === 'CallExpression') {
          change(init, `/* @__PURE__ */ (() => ${code.slice(init.start, init.end)})()`);
        }
      }
    }
    return { code: text + code.slice(at), map: null };
  },
};

for (const [name, plugins] of [
  ['as published', [entry]],
  ['marked pure, not registered', [entry, marked]],
]) {
  const bundle = await rolldown({ input: ENTRY, platform: 'node', plugins, cwd: import.meta.dirname });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  const schemas = await bundle.generate({ format: 'esm', minify: false, codeSplitting: false });
  const created = schemas.output[0].code.match(/^const \w+Schema(\$\d)? = /gm)?.length ?? 0;
  process.stdout.write(`${name}: ${Buffer.byteLength(output[0].code)} bytes, ${created} schemas\n`);
}
