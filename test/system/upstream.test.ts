import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each(['message-parses', 'schemas-at-first-request'])(
  'the report %s has the counts of the SDK that is installed',
  (name) => {
    const printed = execFileSync(process.execPath, [`docs/upstream/${name}.mjs`], { encoding: 'utf8' });
    expect(readFileSync(`docs/upstream/${name}.md`, 'utf8')).toContain(`\`\`\`text\n${printed}\`\`\`\n`);
  },
);
