import type * as z from 'zod';
import type { Project } from './state.ts';

/** A response as status and body. */
export type ApiResponse = readonly [status: number, body: object];

/** The arguments of a route: the project of the path, the id at the end of the path, the request's parsed body, and its query. */
export interface RouteContext {
  readonly project: Project;
  readonly id: string;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

/** Returns an error response in the API's form. */
export function errorResponse(status: number, message: string): ApiResponse {
  return [status, { message, errors: [{ message, status }] }];
}

/** Returns the response to a body that is not valid. */
export function invalid(error: z.ZodError): ApiResponse {
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return errorResponse(400, `Invalid input: ${faults.join('; ')}`);
}
