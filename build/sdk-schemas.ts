import { type Plugin, RolldownMagicString } from 'rolldown';
import type { ESTree } from 'rolldown/utils';

/** The modules of the SDK that create the schemas of MCP and OAuth, of which this program uses a part. */
const SCHEMAS = /@modelcontextprotocol\/core\/dist\/(?:schemas|auth)-[\w-]+\.mjs$/;

/**
 * The module of the SDK that registers all of them under their names at every start, which this program does not use, and that has the
 * schemas of each protocol revision.
 */
export const SHARED = /@modelcontextprotocol\/server\/dist\/src-[\w-]+\.mjs$/;

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
      filter: { id: [SCHEMAS, SHARED] },
      handler(code, id) {
        const statements = this.parse(code).body;
        const text = new RolldownMagicString(code);
        if (SHARED.test(id)) {
          const loops = statements.filter((statement) => isRegistration(code, statement));
          for (const { start, end } of loops) text.remove(start, end);
          removed += loops.length;
        } else {
          const created = statements
            .flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
            .flatMap(({ init }) => (init?.type === 'CallExpression' ? [init] : []));
          for (const { start, end } of created) {
            text.appendRight(start, '/* @__PURE__ */ (() => ');
            text.appendLeft(end, ')()');
          }
          marked += created.length;
        }
        return { code: text.toString(), map: null };
      },
    },
    buildEnd(error) {
      if (error) return;
      if (marked < 100) throw new Error(`Only ${marked} schemas were found in modules that match ${SCHEMAS}.`);
      if (removed !== 2) throw new Error(`${removed} loops, not 2, register schemas in what matches ${SHARED}.`);
    },
  };
}

function isRegistration(code: string, { type, start, end }: ESTree.Node): boolean {
  return type === 'ForOfStatement' && /\) register\(key, \S+\);$/.test(code.slice(start, end));
}
