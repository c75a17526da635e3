import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { Cmk } from '../schemas.ts';
import { type Project, type SandboxState, StateError, seed } from './state.ts';

/** Maximum time to wait for another process that uses the file, in milliseconds. */
const LOCK_MS = 5_000;

/** Time between two tries to lock the file, in milliseconds. */
const RETRY_MS = 5;

/** The form of the file. Another version of this program may write another one, which is refused. */
const StateFile = z.strictObject({
  aiven_cmk_sandbox: z.literal(1),
  projects: z.record(
    z.string(),
    z.looseObject({
      cmks: z.array(Cmk),
      services: z.array(
        z.looseObject({
          service_name: z.string(),
          service_type: z.string(),
          cmk_id: z.string().nullable(),
          cloud_name: z.string(),
          plan: z.string(),
          create_time: z.string(),
          update_time: z.string(),
          building: z.number().optional(),
          move: z.object({ to: z.string().nullable(), until: z.number() }).optional(),
        }),
      ),
      events: z.array(
        z.object({
          id: z.string(),
          time: z.string(),
          actor: z.string(),
          event_type: z.string(),
          event_desc: z.string(),
          service_name: z.string(),
        }),
      ),
      operator: z.boolean(),
    }),
  ),
});

/**
 * Keeps the state of a sandbox in a file, for several processes at once: each request reads the file, and writes it whole if it
 * has changed, while a lock file beside it keeps the others waiting.
 */
export class FileState implements SandboxState {
  readonly #file: string;
  readonly #lockMs: number;

  constructor(file: string, lockMs = LOCK_MS) {
    this.#file = file;
    this.#lockMs = lockMs;
  }

  /**
   * Calls `handle` with the projects of the file, or of a new sandbox if there is none, and resolves with its result once changes
   * are kept.
   * @throws StateError if the file has another form, cannot be written, or is locked for longer.
   */
  async use<T>(handle: (projects: ReadonlyMap<string, Project>) => T): Promise<T> {
    const unlock = await this.#lock();
    // Synchronous from here: only a kill of the process can leave the lock behind.
    try {
      const before = this.#readText();
      const projects = before === undefined ? seed() : this.#parse(before);
      const result = handle(projects);
      const after = write(projects);
      if (after !== before) this.#replace(after);
      return result;
    } finally {
      unlock();
    }
  }

  async #lock(): Promise<() => void> {
    const lock = `${this.#file}.lock`;
    const until = Date.now() + this.#lockMs;
    for (;;) {
      try {
        closeSync(openSync(lock, 'wx', 0o600));
        return () => rmSync(lock, { force: true });
      } catch (cause) {
        if (codeOf(cause) !== 'EEXIST') throw new StateError(`${lock} cannot be written (${codeOf(cause)})`);
        if (Date.now() > until) throw new StateError(`${lock} is there: remove it if no other sandbox uses the state`);
        await setTimeout(RETRY_MS);
      }
    }
  }

  #readText(): string | undefined {
    try {
      return existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : undefined;
    } catch (cause) {
      throw new StateError(`${this.#file} cannot be read (${codeOf(cause)})`);
    }
  }

  #parse(text: string): Map<string, Project> {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new StateError(`${this.#file} is not a state that a sandbox has written`);
    }
    const { data } = StateFile.safeParse(json);
    if (!data) throw new StateError(`${this.#file} is not a state that a sandbox of this version has written`);
    return new Map(
      Object.entries(data.projects).map(([name, { cmks, services, ...rest }]) => [
        name,
        {
          ...rest,
          cmks: new Map(cmks.map((cmk) => [cmk.id, cmk])),
          services: services.map((service) => ({ ...service, move: service.move })),
        },
      ]),
    );
  }

  /** Replaces the file at once, so that it is never half written. A symbolic link stays one. */
  #replace(text: string): void {
    const file = existsSync(this.#file) ? realpathSync(this.#file) : this.#file;
    const beside = `${file}.${process.pid}.new`;
    try {
      writeFileSync(beside, text, { mode: 0o600 });
      renameSync(beside, file);
    } catch (cause) {
      rmSync(beside, { force: true });
      throw new StateError(`${file} cannot be written (${codeOf(cause)})`);
    }
  }
}

function write(projects: ReadonlyMap<string, Project>): string {
  const entries = [...projects].map(([name, project]) => [name, { ...project, cmks: [...project.cmks.values()] }]);
  return `${JSON.stringify({ aiven_cmk_sandbox: 1, projects: Object.fromEntries(entries) }, null, 2)}\n`;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no access';
}
