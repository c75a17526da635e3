import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import type { ApprovalForm, ApprovalRequest, FormResponse } from './request.ts';

/** Maximum length of one detail, in characters: that of a key identifier. */
const DETAIL_MAX = 512;

/** The field in which a person types the target to approve, by its type. */
const FIELDS = {
  CMK: { name: 'cmk_id', title: 'CMK id' },
  service: { name: 'service', title: 'service name' },
} as const;

/**
 * All characters but those of key identifiers, names and plain sentences. A client may render a message as Markdown or HTML,
 * and some characters of other scripts are blank (U+3164). Such characters could make part of a value look like a line of the
 * form itself.
 */
const UNSAFE = /[^A-Za-z0-9 .,:;/@+=_'…-]/gu;

/** Creates the form for a request. */
export function createForm({ summary, project, target, targetType, details }: ApprovalRequest): ApprovalForm {
  const { name, title } = FIELDS[targetType];
  const lines = Object.entries({ Project: project, [title]: target, ...details }).map(
    ([label, value]) => `${capitalize(label)}: ${showValue(value)}`,
  );
  return {
    message: [summary, ...lines, `To approve, type the ${title}.`].join('\n'),
    field: { name, title, description: 'Exactly as shown above' },
  };
}

/**
 * Checks the response to a request's form: only `accept` with exactly the target counts.
 * @throws CmkError `approval_declined`, `approval_cancelled`, `approval_empty`, `approval_wrong_id`, `approval_failed`.
 */
export function checkResponse(response: FormResponse | undefined, { target, targetType }: ApprovalRequest): void {
  const { name, title } = FIELDS[targetType];
  const { action, content } = response ?? {};
  if (action === 'decline') throw new CmkError('approval_declined', `The person declined for ${targetType} ${target}.`);
  if (action === 'cancel') {
    throw new CmkError('approval_cancelled', `The person cancelled for ${targetType} ${target}.`);
  }
  if (action !== 'accept') throw new CmkError('approval_failed', 'The client returned no response from a person.');
  const typed = typeof content === 'object' && content !== null ? Reflect.get(content, name) : undefined;
  if (typeof typed !== 'string' || typed === '') {
    throw new CmkError('approval_empty', `The person accepted without typing the ${title} ${target}.`);
  }
  if (typed !== target) throw new CmkError('approval_wrong_id', `What the person typed is not the ${title} ${target}.`);
}

/** Returns a value as one line that cannot change how the rest of the form is rendered, or look like a label with a value. */
function showValue(value: string): string {
  return sanitize(value, DETAIL_MAX)
    .replace(UNSAFE, showCode)
    .replace(/:(?= |$)/g, showCode);
}

function showCode(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
}

function capitalize(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}
