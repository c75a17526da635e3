/**
 * Runs the commands of this folder, from the root: `tsx release/main.ts version X.Y.Z [YYYY-MM-DD]`, `version --check` and
 * `bundle [FILE]`.
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
    case 'version': {
      const { checkVersion, releaseVersion } = await import('./version.ts');
      const [version = '', date] = args;
      return version === '--check' ? `Every place says ${checkVersion('.')}.` : releaseVersion('.', version, date);
    }
    case 'bundle': {
      const [file = `${packageJson.name}-${packageJson.version}.mcpb`] = args;
      return `${file}: ${Math.round((await (await import('./bundle.ts')).packBundle('.', file)) / 1_000)} kB`;
    }
    default:
      throw new Error(`There is no command "${command}": use version or bundle.`);
  }
}
