// Reads the result of `aiven-cmk-mcp list --include-services --json` and prints a line for each key that needs attention.
// What is not understood needs attention, too: a missing field is not taken for the good case.
import { readFileSync } from 'node:fs';

const { cmks, warnings = [], services_unknown: isUnknown } = JSON.parse(readFileSync(0, 'utf8'));
const findings = [...warnings];
if (!Array.isArray(cmks)) findings.push('The result has no list of keys.');
if (isUnknown) findings.push('Which services use the keys is not known.');
const defaults = (cmks ?? []).filter(({ default_cmk }) => default_cmk === true);
if (defaults.length !== 1) findings.push(`${defaults.length} keys are the default for new services.`);
for (const { id, provider, status, services, services_unknown } of cmks ?? []) {
  const key = `CMK ${id} (${provider})`;
  if (services_unknown || !Array.isArray(services)) findings.push(`${key}: which services use it is not known.`);
  else if (status !== 'current' && services.length > 0) {
    const names = services.map(({ service_name }) => service_name).join(', ');
    findings.push(`${key} has the status ${status}, and services use it: ${names}.`);
  }
  if (!['current', 'old', 'deleted'].includes(status)) findings.push(`${key} has the unknown status ${status}.`);
}
for (const finding of findings) process.stdout.write(`attention: ${finding}\n`);
if (findings.length === 0) process.stdout.write(`${cmks.length} keys, none needs attention.\n`);
process.exitCode = findings.length > 0 ? 3 : 0;
