import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/telemetry/audit-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A line to append. */
const line = (name: number | string) => `{"is":"${name}"}\n`;

/** Returns what the lines of a file are, each with a line break; one that is no JSON as it is. */
function read(path: string): string {
  const name = (text: string) => (text.startsWith('{') ? JSON.parse(text).is : text);
  return readFileSync(path, 'utf8').split('\n').map(name).join('\n');
}

/** Opens the file as the program does, counts how often, and waits before each time until it is let through. */
function gate() {
  const counts = { opened: 0 };
  let [pass, opened] = [Promise.resolve(), () => {}];
  return {
    counts,
    close: (): (() => void) => {
      let letThrough = () => {};
      pass = new Promise((resolve) => {
        letThrough = resolve;
      });
      return letThrough;
    },
    nextOpen: () =>
      new Promise<void>((resolve) => {
        opened = resolve;
      }),
    open: async (path: string): Promise<FileHandle> => {
      counts.opened += 1;
      opened();
      await pass;
      return open(path, 'a+');
    },
  };
}

describe('a file of audit lines', () => {
  it('takes the lines of one turn of the event loop by one append, in their order', async () => {
    const [path, { open, counts }] = [join(folder, 'turn'), gate()];
    const file = new AuditFile(path, { open });
    await Promise.all(['1', '2', '3'].map((name) => file.append(line(name), false)));
    expect([counts.opened, read(path)]).toStrictEqual([1, '1\n2\n3\n']);
  });

  it('writes what waits with the durable line that follows it, and what follows after it', async () => {
    const [path, { open, counts }] = [join(folder, 'durable'), gate()];
    const file = new AuditFile(path, { open });
    const reads = [file.append(line('read 1'), false), file.append(line('read 2'), false)];
    await file.append(line('write'), true);
    expect(read(path)).toBe('read 1\nread 2\nwrite\n');
    await Promise.all([...reads, file.append(line('read 3'), false)]);
    expect([counts.opened, read(path)]).toStrictEqual([2, 'read 1\nread 2\nwrite\nread 3\n']);
  });

  it('writes the lines that come while another write is under way by one append after it', async () => {
    const [path, { open, close, counts }] = [join(folder, 'group'), gate()];
    const letThrough = close();
    const file = new AuditFile(path, { open });
    const lines = ['1', '2', '3'].map((name) => file.append(line(name), true));
    letThrough();
    await Promise.all(lines);
    expect([counts.opened, read(path)]).toStrictEqual([2, '1\n2\n3\n']);
  });

  it('flushes what waits, and what is under way', async () => {
    const path = join(folder, 'flush');
    const file = new AuditFile(path);
    void file.append(line('under way'), true);
    void file.append(line('waiting'), false);
    await file.flush();
    expect(read(path)).toBe('under way\nwaiting\n');
    await file.flush();
  });

  it('gives up lines when it hangs, without piling them up, and goes on when it does not any more', async () => {
    const [path, { open, close, counts }] = [join(folder, 'hang'), gate()];
    const letThrough = close();
    const file = new AuditFile(path, { open, writeMs: 20 });
    await expect(file.append(line('1'), true)).rejects.toThrow('within 20 ms');
    await expect(file.append(line('2'), true)).rejects.toThrow('within 20 ms');
    await expect(file.append(line('3'), false)).rejects.toThrow('within 20 ms');
    expect(counts.opened).toBe(1);
    letThrough();
    await expect
      .poll(() =>
        file.append(line('4'), true).then(
          () => 'written',
          () => 'given up',
        ),
      )
      .toBe('written');
    expect(read(path)).toMatch(/^1\n(?:4\n)+$/);
  });

  it('begins a new line where it cannot be read', async () => {
    const path = join(folder, 'write-only');
    writeFileSync(path, 'torn');
    const file = new AuditFile(path, { open: (name) => open(name, 'a') });
    for (const name of ['1', '2']) await file.append(line(name), true);
    expect(read(path)).toBe('torn\n1\n2\n');
  });

  it('says to whoever waits that lines could not be written', async () => {
    const file = new AuditFile(join(folder, 'no', 'such', 'folder'));
    const lines = [file.append(line('read'), false), file.append(line('write'), true)];
    for (const each of lines) await expect(each).rejects.toThrow('ENOENT');
    void file.append(line('read'), false).catch(() => {});
    await expect(file.flush()).rejects.toThrow('ENOENT');
  });
});
