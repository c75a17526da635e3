import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { LISTING } from './src/listing.ts';

/** Puts what a module evaluates to in its place: `src/listing.ts` makes JSON Schemas that never change. */
const evaluated: Plugin = {
  name: 'evaluated',
  setup({ onLoad }) {
    const contents = `export const LISTING = ${JSON.stringify(LISTING)};`;
    onLoad({ filter: /src\/listing\.ts$/ }, () => ({ contents, loader: 'js' }));
  },
};

/**
 * Empties the module of OAuth schemas, an eighth of the SDK's, that the SDK builds at every start only to offer them to
 * programs that check such documents themselves. Fails where the module is not found any more.
 */
const withoutOAuth: Plugin = {
  name: 'without-oauth',
  setup({ onLoad, onEnd }) {
    let found = 0;
    onLoad({ filter: /@modelcontextprotocol\/core\/dist\/auth-[\w-]+\.mjs$/ }, ({ path }) => {
      found += 1;
      const [, names = ''] = /export \{([^}]+)\}/.exec(readFileSync(path, 'utf8')) ?? [];
      return { contents: `const none = undefined; export {${names.replace(/\w+ as/g, 'none as')}};`, loader: 'js' };
    });
    onEnd(() => (found === 1 ? null : { errors: [{ text: `The SDK has ${found} modules of OAuth schemas, not 1.` }] }));
  },
};

rmSync('dist', { recursive: true, force: true });
// Bundled and minified: an IDE starts this program on every window, and half of an unbundled start is file look-ups.
// What only HTTP takes is split off and loaded only there.
await build({
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  plugins: [evaluated, withoutOAuth],
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
