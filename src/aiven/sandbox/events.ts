import { randomUUID } from 'node:crypto';
import { SANDBOX_USER } from './account.ts';
import { now, type Project } from './state.ts';

/** Maximum number of entries that a project's event log keeps. */
const EVENTS_MAX = 1_000;

/** Adds an entry to a project's event log, the newest first. The types for keys are the sandbox's own: no source names Aiven's. */
export function addEvent({ events }: Project, event_type: string, event_desc: string, service_name = ''): void {
  events.unshift({ id: randomUUID(), time: now(), actor: SANDBOX_USER, event_type, event_desc, service_name });
  events.length = Math.min(events.length, EVENTS_MAX);
}
