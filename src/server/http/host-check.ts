import {
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type { MiddlewareHandler } from 'hono';
import type { HttpSettings } from './settings.ts';

/** Creates the middleware that refuses requests whose Host or Origin header is neither loopback nor allowed, against DNS rebinding. */
export function hostCheck({
  allowedHosts,
  allowedOrigins,
}: Pick<HttpSettings, 'allowedHosts' | 'allowedOrigins'>): MiddlewareHandler {
  const hosts = [...localhostAllowedHostnames(), ...allowedHosts];
  const origins = [...localhostAllowedOrigins(), ...allowedOrigins];
  return async ({ req }, next) =>
    hostHeaderValidationResponse(req.raw, hosts) ?? originValidationResponse(req.raw, origins) ?? (await next());
}
