// Loaded only where a policy is set: it brings the parser of YAML, and zod.
import '../zod-jitless.ts';
import { CmkError } from '../../core/errors.ts';
import { type ParsedPolicy, POLICY_MAX, parsePolicy } from '../../guard/access-policy/parse.ts';
import { operationOf } from '../../guard/scopes.ts';
import { TOOL_DEFINITIONS } from '../../tools/catalog.ts';
import { accessWarning, CHANGEABLE, readBytes } from './files.ts';
import { quote } from './invalid-setting.ts';

const NAME = 'AIVEN_CMK_POLICY_FILE';

/** Returns the policy in a file. @throws CmkError `invalid_settings` that names the setting or the file. */
export function readPolicy(name: string, file: string): ParsedPolicy {
  const content = readBytes(name, file, POLICY_MAX);
  const tools = TOOL_DEFINITIONS.map((tool) => ({ name: tool.name, operation: operationOf(tool) }));
  return parsePolicy(`${name} ${quote(file)}`, content, tools);
}

/** The policy of a process, which can be read again. */
export class PolicyFile {
  readonly #file: string;
  #current: ParsedPolicy;

  /** @throws CmkError `invalid_settings` for a file that cannot be read or understood. */
  constructor(file: string) {
    this.#file = file;
    this.#current = readPolicy(NAME, file);
  }

  /** Returns the policy that is in force. */
  readonly current = (): ParsedPolicy => this.#current;

  /** Returns what works but should be changed, a sentence each. */
  warnings(hasPage: boolean): readonly string[] {
    const unmet = `${NAME} takes approvals that only the approval page can give, and this server has none: such calls are refused.`;
    const open = accessWarning(NAME, this.#file, CHANGEABLE);
    return [...open, ...(this.#current.needsPage && !hasPage ? [unmet] : [])];
  }

  /** Reads the file again. What cannot be read or understood changes nothing but leaves a line. */
  reload(log: (line: string) => void): void {
    try {
      this.#current = readPolicy(NAME, this.#file);
      log(`read ${NAME} again: SHA-256 ${this.#current.digest}`);
    } catch (error) {
      log(`kept the policy, because the file could not be read: ${CmkError.from(error).message}`);
    }
  }
}
