/** Writes `docs/images/delete.svg`, the conversation with the built program as a moving picture. Commit it, and look at it before. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawDelete } from './delete-picture.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const picture = await drawDelete(here('../dist/cli.js'));
writeFileSync(here('../docs/images/delete.svg'), picture);
process.stdout.write(`docs/images/delete.svg ${Buffer.byteLength(picture)} bytes\n`);
