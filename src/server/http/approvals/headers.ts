import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { STYLE } from './views/style.ts';

/** Sets the headers of every page: no script, no frame, no cache, forms to this origin only, and styles by their hash. */
export function pageHeaders(): MiddlewareHandler {
  const none = ["'none'"];
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: none,
      styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
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
  return async (context, next) => {
    context.header('Cache-Control', 'no-store');
    return secure(context, next);
  };
}
