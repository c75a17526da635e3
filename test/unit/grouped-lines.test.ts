import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GroupedLines } from '../../src/telemetry/grouped-lines.ts';

function grouped(write: (text: string) => Promise<void> = async () => {}) {
  const handed: string[] = [];
  const lines = new GroupedLines((text) => {
    handed.push(text);
    return write(text);
  });
  return { lines, handed };
}

describe('lines of one turn of the event loop', () => {
  it('are handed over together and in order, and whoever added them waits until then', async () => {
    const { lines, handed } = grouped();
    const added = ['a\n', 'b\n', 'c\n'].map((line) => lines.add(line));
    await Promise.resolve();
    expect(handed).toEqual([]);
    await Promise.all(added);
    expect(handed).toEqual(['a\nb\nc\n']);
    await lines.add('d\n');
    expect(handed).toEqual(['a\nb\nc\n', 'd\n']);
  });

  it('are handed over before one that has to go at once', async () => {
    const { lines, handed } = grouped();
    const added = lines.add('a\n');
    await lines.write('b\n');
    expect(handed).toEqual(['a\n', 'b\n']);
    await added;
    await turn();
    expect(handed).toEqual(['a\n', 'b\n']); // Nothing is handed over again.
  });

  it('are handed over in pieces of 4,096 bytes at most, as one that is longer arrives in parts', async () => {
    const { lines, handed } = grouped();
    const line = `${'é'.repeat(1_023)}x\n`; // 2,048 bytes.
    await Promise.all([line, line, 'a\n', 'b'.repeat(5_000), 'c\n'].map((text) => lines.add(text)));
    expect(handed).toEqual([line + line, 'a\n', 'b'.repeat(5_000), 'c\n']);
  });

  it('are handed over by a flush, which waits until the last are written', async () => {
    let finish = () => {};
    const { lines, handed } = grouped(() => new Promise((resolve) => (finish = resolve)));
    const added = lines.add('a\n');
    let isWritten = false;
    const flushed = lines.flush().then(() => {
      isWritten = true;
    });
    expect(handed).toEqual(['a\n']);
    await added;
    await turn();
    expect(isWritten).toBe(false);
    finish();
    await flushed;
  });

  it('that cannot be written fail for who waits for that, and for nobody else', async () => {
    const { lines } = grouped(() => Promise.reject(new Error('Closed.')));
    await lines.add('a\n');
    await expect(lines.write('b\n')).rejects.toThrow('Closed.');
    const added = lines.add('c\n');
    await expect(lines.flush()).rejects.toThrow('Closed.');
    await added;
  });
});
