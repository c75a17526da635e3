import { describe, expect, it } from 'vitest';
import { WholeResponse } from '../../src/aiven/fetch/whole-response.ts';

const whole = (text: string, status = 200) => new WholeResponse(Buffer.from(text), { status, headers: { a: 'b' } });

describe('a response that keeps its bytes', () => {
  it.each(['', 'plain', 'ä€😀', '\uFEFF{"a":1}', '\uFEFF\uFEFF', 'a\u0000b'])(
    'reads %j as UTF-8 is decoded',
    async (text) => {
      expect(await whole(text).text()).toBe(new TextDecoder().decode(Buffer.from(text)));
      const bytes = await whole(text).arrayBuffer();
      expect(Buffer.from(bytes)).toStrictEqual(Buffer.from(text));
    },
  );

  it('replaces what is no UTF-8', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62]);
    expect(await new WholeResponse(bytes, { status: 200 }).text()).toBe(await new Response(bytes).text());
  });

  it('reads JSON, and rejects what is none', async () => {
    expect(await whole('{"a":[1]}').json()).toStrictEqual({ a: [1] });
    await expect(whole('{').json()).rejects.toThrow(SyntaxError);
  });

  it('can be read again, and cloned', async () => {
    const response = whole('{"a":1}');
    await response.text();
    const clone = response.clone();
    expect(await clone.json()).toStrictEqual({ a: 1 });
    expect(await response.json()).toStrictEqual({ a: 1 });
    expect(clone.headers.get('a')).toBe('b');
  });

  it.each([204, 205, 304])('has no body with status %i', async (status) => {
    const response = whole('ignored', status);
    expect(await response.text()).toBe('');
    expect(response.clone().body).toBeNull();
    expect(response.status).toBe(status);
  });
});
