import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { STYLE } from './views/style.ts';

/** The page that may run a script, and the script: nothing else. */
export interface Scripted {
  /** The path, below which none is. */
  readonly path: string;
  readonly script: string;
}

/**
 * Sets the headers of every page: no frame, no cache, forms to this origin only, styles by their hash, and no script but that
 * of one page, by its hash.
 */
export function pageHeaders(scripted?: Scripted): MiddlewareHandler {
  const plain = createHeaders();
  const withScript = createHeaders(scripted?.script);
  return async (context, next) => {
    context.header('Cache-Control', 'no-store');
    const { method, path } = context.req;
    return (method === 'GET' && path === scripted?.path ? withScript : plain)(context, next);
  };
}

function createHeaders(script?: string): MiddlewareHandler {
  const none = ["'none'"];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: none,
      ...(script !== undefined && { scriptSrc: [hashOf(script)] }),
      styleSrc: [hashOf(STYLE)],
      formAction: ["'self'"],
      frameAncestors: none,
      baseUri: none,
    },
    // With `no-referrer`, browsers send `Origin: null` with the page's own forms.
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    // What other names and ports of the host are served with is not for this page to say.
    strictTransportSecurity: false,
  });
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
