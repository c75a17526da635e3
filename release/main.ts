/**
 * Runs the commands of this folder, from the root: `tsx release/main.ts version X.Y.Z [YYYY-MM-DD] [--unaudited]`,
 * `version --check`, `version --account`, `version --ready vX.Y.Z` and `bundle [FILE]`.
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
      return `Every place says ${checkVersion('.')}.`;
    case '--account':
      return `Written: ${writeAccount('.').join(', ')}.`;
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
