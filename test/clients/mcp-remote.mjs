/**
 * The bridge that hosts without HTTP start as a process, driven by SDK 1.x. By default it passes the handshake through, so
 * that the server has forgotten the client's capabilities by the time of a call; with `--protocol auto` it speaks 2026-07-28
 * to the server and puts the server's questions to the client.
 */
import { fileURLToPath } from 'node:url';
import { open as openStdio } from './sdk-1.mjs';

const program = fileURLToPath(new URL('dist/proxy.js', import.meta.resolve('mcp-remote/package.json')));

export function open({ url, headers, human, variant }) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const args = [program, url, ...given, '--transport', 'http-only', '--protocol', variant, '--silent'];
  return openStdio({ command: process.execPath, args, env: { HOME: process.env.HOME }, human });
}
