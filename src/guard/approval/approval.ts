import { createHash, hkdfSync } from 'node:crypto';
import {
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { Secret } from '../../core/secret.ts';
import { APPROVAL, type ApprovalMode } from '../policy.ts';

/** Whose word a dangerous write rests on. */
export type ApprovedBy = 'human' | 'argument';

/** What a human is asked to approve. */
export interface ApprovalRequest {
  /** One sentence that says what will happen. */
  readonly summary: string;
  /** What it is about, and what the human must type to approve it. */
  readonly target: string;
  /** What `target` is. */
  readonly targetType: 'CMK' | 'service';
  /** What the decision rests on; values may be the API's text. */
  readonly details: Readonly<Record<string, string>>;
  /** Thrown where nobody is asked: only a person's approval counts for this request. */
  readonly personRequired?: CmkError;
}

/** One round of a call: who calls, whether that client can ask its human, and what it sent back if it was asked to. */
export interface Round {
  readonly caller: string;
  readonly supportsElicitation: boolean;
  readonly context: ServerContext;
}

/** What was asked, as the client carries it from one round to the next, signed. */
interface Asked {
  readonly summary: string;
  readonly id: string;
  readonly caller: string;
  readonly facts: string;
}

/** The field in which the human types what is approved. */
const FIELDS = {
  CMK: { name: 'cmk_id', title: 'CMK id' },
  service: { name: 'service', title: 'service name' },
} as const;

/** The longest text of the API that a question shows in one line, in characters: a key identifier's length. */
const FACT_MAX = 512;

/** Who approves, and how long a human may take, in milliseconds. */
export interface ApprovalRules {
  readonly mode: ApprovalMode;
  readonly timeoutMs: number;
}

/** Asks humans. Holds no state: the client carries it, and its signature binds it. */
export class Approvals {
  readonly #mode: ApprovalMode;
  readonly #codec: RequestStateCodec<Asked>;

  /**
   * The signing key is derived from the Aiven token (HKDF-SHA256, RFC 5869), so that copies of a server accept each
   * other's questions.
   */
  constructor({ mode, timeoutMs }: ApprovalRules, token: Secret) {
    this.#mode = mode;
    const key = new Uint8Array(hkdfSync('sha256', token.expose(), 'aiven-cmk-mcp', 'approval', 32));
    this.#codec = createRequestStateCodec<Asked>({ key, ttlSeconds: timeoutMs / 1_000 });
  }

  /**
   * Who approves: the human's accepted answer, or the argument where nobody is asked; or the question to return.
   * @throws CmkError `approval_…` for every other answer.
   */
  async approve(question: ApprovalRequest, round: Round): Promise<ApprovedBy | InputRequiredResult> {
    if (this.#mode === 'argument' || (this.#mode === 'auto' && !round.supportsElicitation)) {
      if (question.personRequired) throw question.personRequired;
      return 'argument';
    }
    if (!round.supportsElicitation) {
      throw new CmkError('approval_unavailable', 'This server asks a human first, and this client cannot.');
    }
    const asked = describe(question, round.caller);
    const { inputResponses, requestState } = round.context.mcpReq;
    if (inputResponses === undefined && requestState() === undefined) return this.#ask(question, asked);
    await this.#verify(asked, round.context);
    verifyAnswer(inputResponses, question);
    return 'human';
  }

  async #ask(question: ApprovalRequest, asked: Asked): Promise<InputRequiredResult> {
    const lines = Object.entries(question.details).map(([label, value]) => `${label}: ${sanitize(value, FACT_MAX)}`);
    const { name, title } = FIELDS[question.targetType];
    const message = [question.summary, ...lines, `To approve, type the ${title}.`].join('\n');
    const field = { type: 'string' as const, title, description: 'As shown above, to the letter' };
    return inputRequired({
      inputRequests: {
        [APPROVAL]: inputRequired.elicit({
          message,
          requestedSchema: { type: 'object', properties: { [name]: field }, required: [name] },
        }),
      },
      requestState: await this.#codec.mint(asked),
    });
  }

  /** That this very question was asked by a server with our token, to this caller, in time, on the facts of now. */
  async #verify(now: Asked, context: ServerContext): Promise<void> {
    const asked = await this.#open(context);
    if (asked.summary !== now.summary || asked.id !== now.id || asked.caller !== now.caller) {
      throw new CmkError('approval_unasked', `The answer belongs to another question than that about ${now.id}.`);
    }
    if (asked.facts !== now.facts) {
      throw new CmkError('approval_stale', `What the human was asked about ${now.id} has changed since.`);
    }
  }

  async #open(context: ServerContext): Promise<Asked> {
    const state = context.mcpReq.requestState();
    if (typeof state !== 'string') {
      throw new CmkError('approval_unasked', 'An answer came without a question having been asked.');
    }
    try {
      return await this.#codec.verify(state, context);
    } catch (cause) {
      if (cause instanceof Error && cause.message === 'expired') {
        throw new CmkError('approval_timed_out', 'The answer came after its time.', { cause });
      }
      throw new CmkError('approval_unasked', 'The answer belongs to no question of this server.', { cause });
    }
  }
}

function describe({ summary, target, details }: ApprovalRequest, caller: string): Asked {
  return {
    summary,
    id: target,
    caller,
    facts: createHash('sha256').update(JSON.stringify(details)).digest('base64url'),
  };
}

/** Only an accepted answer whose content is exactly the id counts. */
function verifyAnswer(
  responses: Record<string, unknown> | undefined,
  { target: id, targetType }: ApprovalRequest,
): void {
  const { name, title } = FIELDS[targetType];
  const answer = inputResponse(responses, APPROVAL);
  if (answer.kind !== 'elicit') throw new CmkError('approval_failed', 'The client sent no answer of a human.');
  if (answer.action === 'decline')
    throw new CmkError('approval_declined', `The human declined for ${targetType} ${id}.`);
  if (answer.action === 'cancel')
    throw new CmkError('approval_cancelled', `The human cancelled for ${targetType} ${id}.`);
  const typed = answer.content?.[name];
  if (typeof typed !== 'string' || typed === '') {
    throw new CmkError('approval_empty', `The human accepted without typing the ${title} ${id}.`);
  }
  if (typed !== id) throw new CmkError('approval_wrong_id', `What the human typed is not the ${title} ${id}.`);
}
