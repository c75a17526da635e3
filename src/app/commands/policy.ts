import { decide } from '../../guard/access-policy/decide.ts';
import type { PolicyCommand } from '../config/policy-command.ts';
import { readPolicy } from '../config/policy-file.ts';
import type { Terminal } from '../wiring.ts';

/**
 * Checks a policy, and explains what it says about a request, if one is given. Resolves with the exit code: 1 if the request is
 * denied, otherwise 0.
 * @throws CmkError `invalid_settings` for a file that cannot be read or understood.
 */
export function checkPolicy({ file, request }: PolicyCommand, { print }: Pick<Terminal, 'print'>): number {
  const { rules, digest } = readPolicy('policy check', file);
  print(`valid: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, SHA-256 ${digest}`);
  if (!request) return 0;
  const { effect, reason, ...decision } = decide(rules, request);
  print(`${effect === 'allow' ? 'allowed' : 'denied'}: ${reason}`);
  const matching = rules.filter((rule) => decide([rule], request).rule !== undefined);
  print(`rules that match: ${matching.map(({ name, effect: each }) => `${name} (${each})`).join(', ') || 'none'}`);
  if (effect === 'deny') return 1;
  if (request.operation === 'delete' && !('approval' in decision)) {
    print('approval: as the settings of the server say');
  }
  return 0;
}
