import packageJson from '../../package.json' with { type: 'json' };
import { CmkError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readCommand } from './config/config.ts';
import type { Environment } from './config/invalid-setting.ts';
import type { ShellTerminal } from './wiring.ts';

/** Exit code for invalid settings and flags, as shells use it. */
const EXIT_USAGE = 2;

/** Maximum time for a client to read the last responses after a server has ended, in milliseconds. */
const SERVED_MS = 200;

/** The standard streams of the program. */
export interface Streams extends Omit<ShellTerminal, 'log'> {
  /** Resolves when what was printed is written, or its reader has closed standard output. */
  readonly flushed: () => Promise<void>;
}

/** The program, from its command line to its exit code. */
export class Program {
  readonly #environment: Record<string, string | undefined>;
  readonly #streams: Streams;
  #secret: Secret;

  constructor(environment: Environment, streams: Streams) {
    this.#environment = { ...environment };
    this.#streams = streams;
    this.#secret = new Secret((environment.AIVEN_CMK_TOKEN ?? environment.AIVEN_TOKEN)?.trim() ?? '');
  }

  /** Writes a line for the operator to standard error, without the token. */
  readonly log = (text: string): void => {
    // There is no other place to report that it fails.
    this.#streams.writeLine(`aiven-cmk-mcp: ${this.#secret.redact(text)}\n`).catch(() => {});
  };

  /**
   * Runs a command line. Resolves with the exit code: that of the command, 2 for settings and flags that are not accepted,
   * 1 for other failures, which are reported on standard error.
   */
  async run(args: readonly string[]): Promise<number> {
    try {
      return await this.#run(args);
    } catch (thrown) {
      return this.#report(CmkError.from(thrown), args);
    }
  }

  async #run(args: readonly string[]): Promise<number> {
    const { print, flushed } = this.#streams;
    const command = await readCommand(args, this.#environment, (token) => {
      this.#secret = token;
    });
    if (command.kind === 'help') {
      const { usage } = await import('./command-line/usage.ts');
      print(usage(command.topic, this.#streams.screen().columns));
    } else if (command.kind === 'version') print(packageJson.version);
    else {
      if ('config' in command && command.kind !== 'doctor')
        for (const warning of command.config.warnings) this.log(warning);
      delete this.#environment.AIVEN_TOKEN;
      delete this.#environment.AIVEN_CMK_TOKEN;
      // All other modules are loaded only when the settings are valid.
      const { run } = await import('./main.ts');
      const code = await run(command, { ...this.#streams, log: this.log });
      // A client that no longer reads must not keep a server alive; the output of other commands is printed whole.
      await Promise.race([flushed(), ...(command.kind === 'serve' ? [later(SERVED_MS)] : [])]);
      return code;
    }
    await flushed();
    return 0;
  }

  async #report(error: CmkError, args: readonly string[]): Promise<number> {
    const { print, writeLine, errorScreen } = this.#streams;
    if (error.code === 'invalid_settings' && args[0] === 'doctor') {
      const check = { what: 'settings', status: 'FAIL', text: this.#secret.redact(error.message) };
      const isJson = args.includes('--json');
      print(isJson ? JSON.stringify({ ok: false, checks: [check] }, null, 2) : `FAIL  settings: ${check.text}`);
      return 1;
    }
    if (error.code === 'internal' && error.cause instanceof Error) this.log(error.cause.stack ?? error.message);
    // What a person typed is answered in the form of the commands; hosts and their logs read the name of the program.
    else if (errorScreen().isTerminal)
      await writeLine(`error: ${this.#secret.redact(error.message)}\n`).catch(() => {});
    else this.log(error.message);
    return error.code === 'invalid_settings' ? EXIT_USAGE : 1;
  }
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
