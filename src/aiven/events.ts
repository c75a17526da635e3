import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import type { AivenClient } from './client.ts';
import { type Cmk, ListedEvent } from './schemas.ts';

/** Maximum length of a text of an event, in characters. */
const TEXT_MAX = 512;

/** The entries of Aiven's event log that name a key, or why they are not known. */
export type KeyEvents =
  | { readonly events: readonly object[] }
  | { readonly events_unknown: true; readonly warnings: readonly string[] };

/**
 * Returns those of a project's latest 100 events whose text names a key by its id or identifier, the newest first as Aiven sends
 * them. Aiven does not document how it describes events of keys, so that none does not mean that nothing happened.
 * @throws CmkError `cancelled` or `api_timeout` if the call has ended.
 */
export async function eventsOf(aiven: AivenClient, project: string, { id, resource }: Cmk): Promise<KeyEvents> {
  try {
    const { events } = await aiven.events(project);
    const names = [id, ...(resource ? [resource] : [])].map((name) => name.toLowerCase());
    const listed = events.flatMap((entry) => ListedEvent.safeParse(entry).data ?? []);
    const found = listed.filter(({ event_desc }) => names.some((name) => event_desc.toLowerCase().includes(name)));
    return { events: found.map((event) => show(event)) };
  } catch (error) {
    if (!(error instanceof CmkError) || aiven.http.over) throw error;
    return { events_unknown: true, warnings: [error.message] };
  }
}

function show({ time, actor, event_type, service_name, event_desc }: ListedEvent): object {
  const text = (value: string | null | undefined) => (value ? sanitize(value, TEXT_MAX) : undefined);
  const shown = {
    time: text(time),
    actor: text(actor),
    event_type: text(event_type),
    service_name: text(service_name),
  };
  const known = Object.entries(shown).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), event_desc: text(event_desc) };
}
