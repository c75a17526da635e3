import type { Plugin } from 'rolldown';

/** The modules of the SDK that create the schemas of MCP and OAuth, of which this program uses a part. */
const SCHEMAS = /@modelcontextprotocol\/core\/dist\/(?:schemas|auth)-[\w-]+\.mjs$/;

/** The module of the SDK that registers all of them under their names at every start. This program does not use the names. */
const REGISTRATION = /@modelcontextprotocol\/server\/dist\/src-[\w-]+\.mjs$/;

/** A piece of source, from the first character to the one after the last. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Creates the plugin that lets the bundler leave out schemas of the SDK that nothing uses: it marks their creation as pure, and
 * removes the loops that register them (docs/decisions/0012: what a start gains).
 * @throws Error at the end of the build if a module or the text to change in it is not found.
 */
export function withoutUnusedSchemas(): Plugin {
  let marked = 0;
  let removed = 0;
  return {
    name: 'without-unused-schemas',
    buildStart() {
      [marked, removed] = [0, 0];
    },
    transform: {
      filter: { id: [SCHEMAS, REGISTRATION] },
      handler(code, id) {
        const statements = this.parse(code).body;
        if (REGISTRATION.test(id)) {
          const loops = statements.filter((statement) => isRegistration(code, statement));
          removed += loops.length;
          return { code: replace(code, loops, () => ''), map: null };
        }
        const created = statements
          .flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
          .flatMap(({ init }) => (init?.type === 'CallExpression' ? [init] : []));
        marked += created.length;
        return { code: replace(code, created, (text) => `/* @__PURE__ */ (() => ${text})()`), map: null };
      },
    },
    buildEnd(error) {
      if (error) return;
      if (marked < 100) throw new Error(`Only ${marked} schemas were found in modules that match ${SCHEMAS}.`);
      if (removed !== 2) throw new Error(`${removed} loops, not 2, register schemas in what matches ${REGISTRATION}.`);
    },
  };
}

function isRegistration(code: string, { type, start, end }: Piece & { readonly type: string }): boolean {
  return type === 'ForOfStatement' && /\) register\(key, \S+\);$/.test(code.slice(start, end));
}

/** Returns the source with each piece replaced; the pieces are in order and do not overlap. Lines keep their numbers. */
function replace(code: string, pieces: readonly Piece[], change: (text: string) => string): string {
  let at = 0;
  let text = '';
  for (const { start, end } of pieces) {
    text += code.slice(at, start) + change(code.slice(start, end));
    at = end;
  }
  return text + code.slice(at);
}
