import type { Paper } from './paper.ts';
import { show } from './text.ts';

type Service = Readonly<Record<string, unknown>>;

/** Returns the services that use a key as a table, or says that there are none. */
export function tableOfServices(services: readonly Service[], paper: Paper): string {
  if (services.length === 0) return 'No service uses this key.';
  const names = [...new Set(services.flatMap((service) => Object.keys(service)))];
  const titles: Readonly<Record<string, string>> = { service_name: 'SERVICE' };
  return paper.table(
    names.map((name) => ({
      title: titles[name] ?? name.toUpperCase(),
      fit: name === 'service_name' ? 'whole' : 'short',
      cells: services.map((service) => show(service[name])),
    })),
  );
}
