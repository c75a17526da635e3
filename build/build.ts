import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Plugin, rolldown } from 'rolldown';
import { TOOL_DEFINITIONS } from '../src/tools/definitions.ts';
import { licencesOf } from './licences.ts';

/** Puts what a module evaluates to in its place: `src/tools/definitions.ts` makes JSON Schemas that never change. */
const evaluated: Plugin = {
  name: 'evaluated',
  load: {
    filter: { id: /src\/tools\/definitions\.ts$/ },
    handler: () => `export const TOOL_DEFINITIONS = ${JSON.stringify(TOOL_DEFINITIONS)};`,
  },
};

/** Modules that bring along what nothing here uses and the bundler cannot tell, and what is put in their place. */
const TRIMMED: readonly (readonly [path: RegExp, contents: (text: string) => string])[] = [
  // OAuth schemas, an eighth of the SDK's, that it builds at every start to offer them to programs.
  [
    /@modelcontextprotocol\/core\/dist\/auth-[\w-]+\.mjs$/,
    (text) => {
      const [, names = ''] = /export \{([^}]+)\}/.exec(text) ?? [];
      return `const none = undefined; export {${names.replace(/\w+ as/g, 'none as')}};`;
    },
  ],
  // Limiters that count in two dozen databases.
  [
    /rate-limiter-flexible\/index\.js$/,
    () => `module.exports = { RateLimiterMemory: require('./lib/RateLimiterMemory') };`,
  ],
  // Figures gathered over processes, pushed, or kept as quantiles.
  [
    /prom-client\/index\.js$/,
    () => `exports.Registry = require('./lib/registry');
      exports.Counter = require('./lib/counter');
      exports.Histogram = require('./lib/histogram');
      exports.collectDefaultMetrics = require('./lib/defaultMetrics');`,
  ],
  // WebSocket, EventSource, caches, cookies and mocks.
  [
    /undici\/index\.js$/,
    () => `Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'));
      const EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent');
      module.exports = { EnvHttpProxyAgent, fetch: require('./lib/web/fetch').fetch };`,
  ],
];

/** Puts them there, and fails where one is not found any more. */
const trimmed: Plugin = {
  name: 'trimmed',
  load: {
    filter: { id: TRIMMED.map(([path]) => path) },
    handler(id) {
      const [path, contents] = TRIMMED.find(([each]) => each.test(id)) ?? [];
      if (!path || !contents) return null;
      missing.delete(path);
      return contents(readFileSync(id, 'utf8'));
    },
  },
  buildEnd() {
    if (missing.size > 0) throw new Error(`No module matches ${[...missing].join()} any more.`);
  },
};
const missing = new Set(TRIMMED.map(([path]) => path));

/** Keeps undici out of the source maps, where it would take as much room as it does in the program. */
const unmapped: Plugin = {
  name: 'unmapped',
  transform: { filter: { id: /undici\/lib\/.*\.js$/ }, handler: (code) => ({ code, map: { mappings: '' } }) },
};

rmSync('dist', { recursive: true, force: true });
// Bundled and minified: an IDE starts this program on every window, and half of an unbundled start is file look-ups.
const bundle = await rolldown({
  input: { cli: 'src/app/cli.ts' },
  platform: 'node',
  transform: { target: 'node20' },
  resolve: { alias: { '@modelcontextprotocol/server/_shims': `${import.meta.dirname}/sdk-shims.ts` } },
  plugins: [evaluated, trimmed, unmapped],
});
const { output } = await bundle.write({
  dir: 'dist',
  format: 'esm',
  minify: true,
  comments: false,
  sourcemap: true,
  sourcemapExcludeSources: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // A start loads three files: each costs as much as 10 kB of code. `cli.ts` hides the token before the last is loaded.
  codeSplitting: {
    groups: [
      {
        name: 'settings',
        test: /src\/(?:app\/config\/(?!files)|core\/)|\/package\.json$/,
        priority: 2,
      },
      { name: 'start', test: /src\/app\/(?:main|wiring|commands\/serve)\.ts$/, priority: 1 },
    ],
  },
});
chmodSync('dist/cli.js', 0o755);
const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licencesOf(modules));
