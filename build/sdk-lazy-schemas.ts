import { type Plugin, RolldownMagicString } from 'rolldown';
import { type ESTree, Visitor } from 'rolldown/utils';
import { SHARED } from './sdk-schemas.ts';

/** How the function that creates all schemas of a protocol revision is called: once, for callers that take single ones of them. */
const CALLED_ONCE = /\bfunction buildSchemas\d{4}\(\) \{\s*return [\w$]+ \?\?= ([\w$]+)\(\);/g;

/** An entry of a table that is made of such schemas, as the SDK is printed. */
const ENTRY = /^(\t+)(\S+): (s\.\w+Schema)(,?)$/gm;

/** How a rewritten function names the list of what it has created. */
const CREATED = '$created';

/**
 * Creates the plugin that has the SDK create each schema of a protocol revision when it is first used. As published, it creates
 * all schemas of a revision, about 130, at the first request, and a session uses few (docs/decisions/0012: what a start gains).
 * @throws Error at the end of the build if the functions or the tables of schemas are not found.
 */
export function withLazySchemas(): Plugin {
  let schemas = 0;
  let entries = 0;
  return {
    name: 'with-lazy-schemas',
    buildStart() {
      [schemas, entries] = [0, 0];
    },
    transform: {
      filter: { id: SHARED },
      handler(code) {
        const program = this.parse(code);
        const text = new RolldownMagicString(code);
        const called = new Set([...code.matchAll(CALLED_ONCE)].map(([, name]) => name));
        for (const statement of program.body) {
          if (statement.type !== 'FunctionDeclaration' || !statement.body || !called.has(statement.id?.name)) continue;
          schemas += createOnUse(program, statement.body, text);
        }
        entries += text.replaceRegex(ENTRY, '$1get $2() { return $3; }$4');
        return { code: text.toString(), map: null };
      },
    },
    buildEnd(error) {
      if (error) return;
      if (schemas < 250) throw new Error(`Only ${schemas} schemas of revisions were found in what matches ${SHARED}.`);
      if (entries < 50) throw new Error(`Only ${entries} entries of tables were found in what matches ${SHARED}.`);
    },
  };
}

/**
 * Makes each constant of a function a function that creates it once, and each member of the returned object, and of the tables in
 * it, a getter. Returns the number of constants.
 */
function createOnUse(program: ESTree.Program, body: ESTree.FunctionBody, text: RolldownMagicString): number {
  const constants = new Map(constantsOf(body));
  const members = new Set(tablesOf(body, constants).flatMap((table) => table.properties.map(({ start }) => start)));
  const source = text.original; // A copy at each access.
  const names = new Set<number>(); // Where a name is not a reference.
  let count = 0;
  const create = () => `${CREATED}[${count++}] ??= `;
  text.appendRight(body.start + 1, `\n\tconst ${CREATED} = [];`);
  for (const { start } of constants.values()) text.appendRight(start, `() => ${create()}`);
  new Visitor({
    VariableDeclarator: ({ id }) => names.add(id.start),
    MemberExpression: ({ computed, property }) => computed || names.add(property.start),
    Property({ start, end, key, value, computed, shorthand }) {
      if (!computed) names.add(key.start);
      const name = source.slice(key.start, key.end);
      const reference = constants.has(name) ? `${name}()` : name;
      if (members.has(start)) {
        const getter = `get ${name}() { return ${create()}`;
        if (shorthand) text.update(start, end, `${getter}${reference}; }`);
        else text.update(start, value.start, getter);
      } else if (shorthand && isWithin(body, start)) text.appendLeft(end, `: ${reference}`);
    },
    'Property:exit'({ start, end, shorthand }) {
      if (members.has(start) && !shorthand) text.appendLeft(end, '; }');
    },
    Identifier({ name, start, end }) {
      if (isWithin(body, start) && constants.has(name) && !names.has(start)) text.appendLeft(end, '()');
    },
  }).visit(program);
  return constants.size;
}

/** Returns the constants of a function that are not functions themselves, with how they are created, by name. */
function constantsOf(body: ESTree.FunctionBody): readonly (readonly [string, ESTree.Expression])[] {
  return body.body
    .flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []))
    .flatMap(({ id, init }) =>
      id.type === 'Identifier' && init && init.type !== 'ArrowFunctionExpression' ? [[id.name, init] as const] : [],
    );
}

/** Returns the object that a function returns and those of its constants that are a table in it. */
function tablesOf(body: ESTree.FunctionBody, constants: ReadonlyMap<string, ESTree.Expression>) {
  const [returned] = body.body.flatMap((statement) =>
    statement.type === 'ReturnStatement' && statement.argument?.type === 'ObjectExpression' ? [statement.argument] : [],
  );
  if (!returned) throw new Error('A function of the SDK that creates schemas returns no object.');
  const tables = returned.properties.flatMap((property) => {
    const table =
      property.type === 'Property' && property.value.type === 'Identifier' && constants.get(property.value.name);
    return table && table.type === 'ObjectExpression' ? [table] : [];
  });
  return [returned, ...tables];
}

function isWithin({ start, end }: ESTree.Span, place: number): boolean {
  return start < place && place < end;
}
