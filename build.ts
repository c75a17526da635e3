import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { licencesOf } from './licences.ts';
import { LISTING } from './src/listing.ts';

/** Puts what a module evaluates to in its place: `src/listing.ts` makes JSON Schemas that never change. */
const evaluated: Plugin = {
  name: 'evaluated',
  setup({ onLoad }) {
    const contents = `export const LISTING = ${JSON.stringify(LISTING)};`;
    onLoad({ filter: /src\/listing\.ts$/ }, () => ({ contents, loader: 'js' }));
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
  setup({ onLoad, onEnd }) {
    const missing = new Set(TRIMMED.map(([path]) => path));
    for (const [filter, contents] of TRIMMED) {
      onLoad({ filter }, ({ path }) => {
        missing.delete(filter);
        return { contents: contents(readFileSync(path, 'utf8')), loader: 'js' };
      });
    }
    onEnd(() => ({ errors: [...missing].map((path) => ({ text: `No module matches ${path} any more.` })) }));
  },
};

/** Has the source maps name undici's files without their lines, which would take as much room as undici does. */
const unlined: Plugin = {
  name: 'unlined',
  setup({ onLoad }) {
    const fileAlone = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64');
    onLoad({ filter: /undici\/lib\/.*\.js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${fileAlone}`,
      loader: 'js',
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
// Bundled and minified: an IDE starts this program on every window, and half of an unbundled start is file look-ups.
// What only HTTP takes is split off and loaded only there.
const { metafile } = await build({
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  metafile: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  plugins: [evaluated, trimmed, unlined],
  alias: { '@modelcontextprotocol/server/_shims': './src/sdk-shims.ts' },
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Bundled CommonJS asks for Node's own modules by require().
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'warning',
});
writeFileSync('dist/cli.js', `#!/usr/bin/env node\n${readFileSync('dist/cli.js', 'utf8')}`);
chmodSync('dist/cli.js', 0o755);
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licencesOf(metafile));
