/** Counts the built package and writes `counts.json`: `npm run counts`. */
import { writeFileSync } from 'node:fs';
import { COUNTS_FILE, countAll } from './counts.ts';

writeFileSync(COUNTS_FILE, `${JSON.stringify(await countAll(process.cwd()), null, 2)}\n`);
