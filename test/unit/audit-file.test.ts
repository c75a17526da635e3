import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/telemetry/audit-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

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
    await Promise.all(['1\n', '2\n', '3\n'].map((line) => file.append(line, false)));
    expect([counts.opened, readFileSync(path, 'utf8')]).toStrictEqual([1, '1\n2\n3\n']);
  });

  it('writes what waits with the durable line that follows it, and what follows after it', async () => {
    const [path, { open, counts }] = [join(folder, 'durable'), gate()];
    const file = new AuditFile(path, { open });
    const reads = [file.append('read 1\n', false), file.append('read 2\n', false)];
    await file.append('write\n', true);
    expect(readFileSync(path, 'utf8')).toBe('read 1\nread 2\nwrite\n');
    await Promise.all([...reads, file.append('read 3\n', false)]);
    expect([counts.opened, readFileSync(path, 'utf8')]).toStrictEqual([2, 'read 1\nread 2\nwrite\nread 3\n']);
  });

  it('writes the lines that come while another write is under way by one append after it', async () => {
    const [path, { open, close, counts }] = [join(folder, 'group'), gate()];
    const letThrough = close();
    const file = new AuditFile(path, { open });
    const lines = ['1\n', '2\n', '3\n'].map((line) => file.append(line, true));
    letThrough();
    await Promise.all(lines);
    expect([counts.opened, readFileSync(path, 'utf8')]).toStrictEqual([2, '1\n2\n3\n']);
  });

  it('flushes what waits, and what is under way', async () => {
    const path = join(folder, 'flush');
    const file = new AuditFile(path);
    void file.append('under way\n', true);
    void file.append('waiting\n', false);
    await file.flush();
    expect(readFileSync(path, 'utf8')).toBe('under way\nwaiting\n');
    await file.flush();
  });

  it('gives up lines when it hangs, without piling them up, and goes on when it does not any more', async () => {
    const [path, { open, close, counts }] = [join(folder, 'hang'), gate()];
    const letThrough = close();
    const file = new AuditFile(path, { open, writeMs: 20 });
    await expect(file.append('1\n', true)).rejects.toThrow('within 20 ms');
    await expect(file.append('2\n', true)).rejects.toThrow('within 20 ms');
    await expect(file.append('3\n', false)).rejects.toThrow('within 20 ms');
    expect(counts.opened).toBe(1);
    letThrough();
    await expect
      .poll(() =>
        file.append('4\n', true).then(
          () => 'written',
          () => 'given up',
        ),
      )
      .toBe('written');
    expect(readFileSync(path, 'utf8')).toMatch(/^1\n(?:4\n)+$/);
  });

  it('begins a new line where it cannot be read', async () => {
    const path = join(folder, 'write-only');
    writeFileSync(path, 'torn');
    const file = new AuditFile(path, { open: (name) => open(name, 'a') });
    for (const line of ['1\n', '2\n']) await file.append(line, true);
    expect(readFileSync(path, 'utf8')).toBe('torn\n1\n2\n');
  });

  it('says to whoever waits that lines could not be written', async () => {
    const file = new AuditFile(join(folder, 'no', 'such', 'folder'));
    const lines = [file.append('read\n', false), file.append('write\n', true)];
    for (const line of lines) await expect(line).rejects.toThrow('ENOENT');
    void file.append('read\n', false).catch(() => {});
    await expect(file.flush()).rejects.toThrow('ENOENT');
  });
});
