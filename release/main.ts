/**
 * Runs the commands of this folder, from the root: `tsx release/main.ts version X.Y.Z [YYYY-MM-DD] [--unaudited]`,
 * `version --check`, `version --account`, `version --ready vX.Y.Z`, `version published`, `version unpublished`, `version --install`
 * and `bundle [FILE]`.
 */
import packageJson from '../package.json' with { type: 'json' };

const [command = '', ...args] = process.argv.slice(2);
try {
  process.stdout.write(`${await run()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function run(): Promise<string> {
  switch (command) {
    case 'version':
      return version(args);
    case 'bundle': {
      const [file = `${packageJson.name}-${packageJson.version}.mcpb`] = args;
      return `${file}: ${Math.round((await (await import('./bundle.ts')).packBundle('.', file)) / 1_000)} kB`;
    }
    default:
      throw new Error(`There is no command "${command}": use version or bundle.`);
  }
}

async function version([wanted = '', ...rest]: readonly string[]): Promise<string> {
  const [{ audit }, { checkAccount, writeAccount }, { checkVersion, releaseVersion }, { requireReady }] =
    await Promise.all([import('./audit.ts'), import('./account.ts'), import('./version.ts'), import('./ready.ts')]);
  switch (wanted) {
    case '--check':
      checkAccount('.');
      (await import('./install.ts')).checkInstall('.');
      return `Every place says ${checkVersion('.')}.`;
    case '--account':
      return `Written: ${writeAccount('.').join(', ')}.`;
    case 'published':
    case 'unpublished':
    case '--install':
      return install(wanted);
    case '--ready': {
      const ready = requireReady('.', rest[0] ?? '');
      audit('.');
      return `${ready} is ready.`;
    }
    default: {
      // For a machine whose registry gives no report; the release workflow audits again before it publishes.
      if (!rest.includes('--unaudited')) audit('.');
      return releaseVersion(
        '.',
        wanted,
        rest.find((arg) => arg !== '--unaudited'),
      );
    }
  }
}

/** Puts the way to install into all documents. For `published`, only once npm has the package of this account. */
async function install(wanted: string): Promise<string> {
  const [{ writeInstall }, { requirePublished }] = await Promise.all([
    import('./install.ts'),
    import('./published.ts'),
  ]);
  if (wanted === 'published') await requirePublished('.');
  const changed = writeInstall('.', wanted === '--install' ? undefined : wanted === 'published');
  return changed.length === 0 ? 'Nothing changed.' : `Written: ${changed.join(', ')}.`;
}
