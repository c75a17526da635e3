import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the report on parsed messages has the counts of the SDK that is installed', () => {
  const printed = execFileSync(process.execPath, ['docs/upstream/message-parses.mjs'], { encoding: 'utf8' });
  expect(readFileSync('docs/upstream/message-parses.md', 'utf8')).toContain(`\`\`\`text\n${printed}\`\`\`\n`);
});
