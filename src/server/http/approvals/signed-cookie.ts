import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';

/** How a cookie is made. */
export interface CookieOptions<Value> {
  readonly name: string;
  /** Signs the cookie (HMAC-SHA256), so that any replica can read what another one wrote. */
  readonly key: Uint8Array;
  /** How long the value counts, in seconds; the signature covers it. */
  readonly seconds: number;
  /** Whether the page is served over https. The prefix `__Host-` takes that, so a page on loopback http has none. */
  readonly secure: boolean;
  readonly schema: z.ZodType<Value>;
}

/** A signed value in the browser, for the server's own eyes. It is not encrypted and must hold no secret of the server. */
export class SignedCookie<Value> {
  readonly #options: CookieOptions<Value>;

  constructor(options: CookieOptions<Value>) {
    this.#options = options;
  }

  async write(context: Context, value: Value): Promise<void> {
    const { name, key, seconds } = this.#options;
    const jwt = new SignJWT({ value }).setProtectedHeader({ alg: 'HS256' }).setAudience(name);
    const signed = await jwt.setExpirationTime(`${seconds} s`).sign(key);
    // Lax: a Strict cookie would be absent on the way back from the issuer and from a link in a chat.
    setCookie(context, name, signed, { ...this.#attributes(), httpOnly: true, sameSite: 'Lax', maxAge: seconds });
  }

  /** Returns the value; undefined where there is none, or one that is forged, out of time or of another form. */
  async read(context: Context): Promise<Value | undefined> {
    const { name, key, schema, secure } = this.#options;
    const signed = secure ? getCookie(context, name, 'host') : getCookie(context, name);
    if (signed === undefined) return undefined;
    const options = { algorithms: ['HS256'], audience: name, requiredClaims: ['exp'] };
    const payload = await jwtVerify(signed, key, options).then(
      (verified) => verified.payload,
      () => undefined,
    );
    return z.object({ value: schema }).safeParse(payload).data?.value;
  }

  clear(context: Context): void {
    deleteCookie(context, this.#options.name, this.#attributes());
  }

  #attributes() {
    const { secure } = this.#options;
    return { path: '/', secure, ...(secure && { prefix: 'host' as const }) };
  }
}
