/** Prints the conversation of `docs/images/delete.svg` as text, with all hints, made with the built program. */
import { fileURLToPath } from 'node:url';
import { playConversation, wrap } from './conversation.ts';

/** Width of the column of names, and maximum length of a line beside it, in characters. */
const [NAME, LINE_MAX] = [8, 92];

const turns = await playConversation(fileURLToPath(new URL('../dist/cli.js', import.meta.url)));
const lines = turns.flatMap(({ who, text, hint }) =>
  wrap(hint ? `${text}\n${hint}` : text, LINE_MAX).map((line, at) => `${(at === 0 ? who : '').padEnd(NAME)}${line}\n`),
);
process.stdout.write(lines.join(''));
