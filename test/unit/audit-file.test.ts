import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/telemetry/audit-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));

function newFile(text: string): string {
  const path = join(folder, 'new');
  writeFileSync(path, text);
  return path;
}

/** A line to append. */
const line = (name: number | string) => `{"is":"${name}"}\n`;

/** Returns what the lines of a file are, each with a line break; one that is no JSON as it is. */
function read(path: string): string {
  const name = (text: string) => (text.startsWith('{') ? JSON.parse(text).is : text);
  return readFileSync(path, 'utf8').split('\n').map(name).join('\n');
}

/** Opens the file as the program does, counts how often and how many appends follow, and waits before each append until it is let through. */
function gate() {
  const counts = { opened: 0, appended: 0 };
  let pass = Promise.resolve();
  return {
    counts,
    close: (): (() => void) => {
      let letThrough = () => {};
      pass = new Promise((resolve) => {
        letThrough = resolve;
      });
      return letThrough;
    },
    open: async (path: string): Promise<FileHandle> => {
      counts.opened += 1;
      const file = await open(path, 'a+');
      const append = file.appendFile.bind(file);
      file.appendFile = async (text) => {
        counts.appended += 1;
        await pass;
        await append(text);
      };
      return file;
    },
  };
}

describe('a file of audit lines', () => {
  it('takes the lines of one turn of the event loop by one append, in their order', async () => {
    const [path, { open, counts }] = [join(folder, 'turn'), gate()];
    const file = new AuditFile(path, { open });
    await Promise.all(['1', '2', '3'].map((name) => file.append(line(name), false)));
    expect([counts.appended, read(path)]).toStrictEqual([1, '1\n2\n3\n']);
  });

  it('writes what waits with the durable line that follows it, and what follows after it', async () => {
    const [path, { open, counts }] = [join(folder, 'durable'), gate()];
    const file = new AuditFile(path, { open });
    const reads = [file.append(line('read 1'), false), file.append(line('read 2'), false)];
    await file.append(line('write'), true);
    expect(read(path)).toBe('read 1\nread 2\nwrite\n');
    await Promise.all([...reads, file.append(line('read 3'), false)]);
    expect([counts.appended, read(path)]).toStrictEqual([2, 'read 1\nread 2\nwrite\nread 3\n']);
  });

  it('writes the lines that come while another write is under way by one append after it', async () => {
    const [path, { open, close, counts }] = [join(folder, 'group'), gate()];
    const letThrough = close();
    const file = new AuditFile(path, { open });
    const lines = ['1', '2', '3'].map((name) => file.append(line(name), true));
    letThrough();
    await Promise.all(lines);
    expect([counts.appended, read(path)]).toStrictEqual([2, '1\n2\n3\n']);
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
    expect(counts.appended).toBe(1);
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

  it('keeps the file open between writes, until all lines are flushed', async () => {
    const [path, { open, counts }] = [join(folder, 'kept'), gate()];
    const file = new AuditFile(path, { open });
    for (const name of ['1', '2']) await file.append(line(name), true);
    expect(counts).toStrictEqual({ opened: 1, appended: 2 });
    await file.flush();
    await file.append(line('3'), false);
    expect(counts).toStrictEqual({ opened: 2, appended: 3 });
  });

  it.each<[string, (path: string) => void]>([
    ['renamed', (path) => renameSync(path, `${path}.1`)],
    ['deleted', (path) => rmSync(path)],
    ['replaced by another', (path) => renameSync(newFile('other\n'), path)],
  ])('opens the file that its path names after the open one was %s', async (change, move) => {
    const path = join(folder, change);
    const file = new AuditFile(path);
    await file.append(line('1'), true);
    move(path);
    await file.append(line('2'), false);
    expect(read(path)).toMatch(/^(?:other\n)?2\n$/);
  });

  it('refuses the write after one whose file could not be closed, and goes on after that', async () => {
    const path = join(folder, 'close');
    let failure: Error | undefined = new Error('EDQUOT');
    const file = new AuditFile(path, {
      open: async (name) => {
        const handle = await open(name, 'a+');
        const close = handle.close.bind(handle);
        handle.close = () => close().then(() => (failure ? Promise.reject(failure) : undefined));
        return handle;
      },
    });
    await file.append(line('1'), false);
    renameSync(path, `${path}.1`);
    await expect(file.append(line('2'), true)).rejects.toThrow('EDQUOT');
    failure = undefined;
    await file.append(line('3'), true);
    expect(read(path)).toBe('3\n');
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
