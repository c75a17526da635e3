import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../fixtures/harness.ts';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { startIssuer } from '../fixtures/issuer.ts';
import { pendingOf, person, startPageServer } from '../fixtures/page-server.ts';
import { Transcript } from '../fixtures/transcript.ts';

const read = (name: string) => readFileSync(`docs/examples/${name}`, 'utf8');

/** Compares a page with what was played. `npx vitest run test/protocol/examples.test.ts -u` puts the results into the page. */
const expectPage = (played: string, name: string) => expect(played).toMatchFileSnapshot(resolve('docs/examples', name));

describe('the examples are what a real client, the server and its sandbox say', () => {
  it.each([
    ['review.md', []],
    ['rotate.md', ['--toolsets', 'cmk,services']],
    ['delete.md', []],
  ])('%s', async (name, flags) => {
    const transcript = new Transcript(read(name));
    const [, modern] = CLIENTS;
    const client = await modern?.open({ args: ['--sandbox', ...flags], human: transcript.human });
    if (!client) throw new Error('There is no client.');
    const played = await transcript.play({ call: (tool, args) => client.call(tool, args) });
    await client.close();
    await expectPage(played, name);
  });

  it('team-approval.md', async () => {
    const transcript = new Transcript(read('team-approval.md'));
    const issuer = await startIssuer();
    const server = await startPageServer(issuer, 'http://127.0.0.1:9', { AIVEN_CMK_APPROVER: 'other' }, ['--sandbox']);
    const client = await HTTP_CLIENTS[1]?.connect(server.origin, { token: await issuer.token({ sub: 'ada' }) });
    if (!client) throw new Error('There is no client.');
    const played = await transcript.play({
      call: (tool, args) => client.call(tool, args),
      async decide({ person: name = '', typed = '', reason = '' }, payload) {
        const voter = person(issuer, name, ['cmk:approve']);
        await server.decisions.vote(pendingOf({ payload }).id, voter, { decision: 'approve', confirm: typed, reason });
      },
    });
    await client.close();
    await server.stop();
    await issuer.close();
    await expectPage(played, 'team-approval.md');
  });
});
