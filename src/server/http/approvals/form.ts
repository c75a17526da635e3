import { readRequestBody } from '@modelcontextprotocol/server';

/** Maximum size of a form, in bytes. */
const FORM_MAX = 4_096;

/** The fields that the page's forms have. */
export interface Fields {
  readonly confirm: string;
  readonly reason: string;
  readonly nonce: string;
}

/** Why a request was not sent by a form of this page: a status, and what the page says. */
export interface FormRefusal {
  readonly status: 400 | 403 | 413 | 415;
  readonly text: string;
}

/**
 * Returns the refusal of a POST that no form of this page can have sent, by its headers alone; undefined for others. A browser
 * sends `Origin` with every form, and no page of another origin can choose it.
 */
export function checkSender({ headers }: Request, publicOrigin: string): FormRefusal | undefined {
  const site = headers.get('sec-fetch-site');
  if (headers.get('origin') !== publicOrigin || (site !== null && site !== 'same-origin')) {
    return { status: 403, text: 'The form was sent from another site, and nothing was done.' };
  }
  if (headers.get('content-type') !== 'application/x-www-form-urlencoded') {
    return { status: 415, text: 'This is not a form of this page, and nothing was done.' };
  }
  return undefined;
}

/** Returns what a form holds, every field once. */
export async function readForm(request: Request): Promise<URLSearchParams | FormRefusal> {
  const body = await readRequestBody(request, FORM_MAX);
  if (body.tooLarge) return { status: 413, text: 'The form is too long, and nothing was done.' };
  const form = new URLSearchParams(body.text);
  if (new Set(form.keys()).size < form.size) {
    return { status: 400, text: 'The form has a field twice, and nothing was done.' };
  }
  return form;
}

/** Returns the fields of a form about a request, absent ones as empty text. */
export async function readFields(request: Request): Promise<Fields | FormRefusal> {
  const form = await readForm(request);
  if ('status' in form) return form;
  const [confirm, reason, nonce] = ['confirm', 'reason', 'nonce'].map((name) => form.get(name) ?? '');
  return { confirm: confirm ?? '', reason: reason ?? '', nonce: nonce ?? '' };
}
