/** Prints the README's transcript, made with the built program. */
import { fileURLToPath } from 'node:url';
import { playTranscript } from './transcript.ts';

process.stdout.write(await playTranscript(fileURLToPath(new URL('../dist/cli.js', import.meta.url))));
