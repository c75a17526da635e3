/** Packs the built program as an MCP bundle (.mcpb), which Claude Desktop installs with a double click. */
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packExtension } from '@anthropic-ai/mcpb';
import packageJson from '../package.json' with { type: 'json' };
import { manifest } from './manifest.ts';

const { name, version } = packageJson;
const bundle = resolve(process.argv[2] ?? `${name}-${version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), `${name}-`));
try {
  for (const part of ['dist', 'LICENSE', 'README.md']) cpSync(part, join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest(), null, 2));
  // All that Node needs to know of the files: that they are ES modules.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
  if (!(await packExtension({ extensionPath: folder, outputPath: bundle, silent: true }))) {
    throw new Error('The bundle was not packed: its manifest or its files are not valid.');
  }
  process.stdout.write(`${bundle}: ${Math.round(statSync(bundle).size / 1024)} kB\n`);
} finally {
  rmSync(folder, { recursive: true });
}
