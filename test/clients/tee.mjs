/** Stands between a client and the server on stdio: passes every byte on and writes down the lines of both sides. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [record, ...command] = process.argv.slice(2);
const server = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
pass('client', process.stdin, server.stdin);
pass('server', server.stdout, process.stdout);
// Without a client there is nobody to serve, and without a server nothing to pass on.
process.stdin.on('end', () => server.stdin.end());
process.stdout.on('error', () => server.kill());
server.stdin.on('error', () => {});
server.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill(signal));

function pass(from, source, target) {
  let rest = '';
  source.on('data', (chunk) => {
    target.write(chunk);
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const text of lines) appendFileSync(record, `${JSON.stringify({ from, text })}\n`);
  });
}
