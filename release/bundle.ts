import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packExtension } from '@anthropic-ai/mcpb';
import packageJson from '../package.json' with { type: 'json' };
import { manifest } from './manifest.ts';

/**
 * Packs a built package as an MCP bundle (.mcpb), which Claude Desktop installs with a double click. Resolves with its size in
 * bytes.
 * @throws Error if the manifest or the files are not valid.
 */
export async function packBundle(packageFolder: string, file: string): Promise<number> {
  const { name, version } = packageJson;
  const bundle = resolve(file);
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  try {
    for (const part of ['dist', 'LICENSE', 'README.md'])
      cpSync(join(packageFolder, part), join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest(), null, 2));
    // Node needs only the module type of the files.
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
    if (!(await packExtension({ extensionPath: folder, outputPath: bundle, silent: true })))
      throw new Error('The bundle was not packed: its manifest or its files are not valid.');
    return statSync(bundle).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
