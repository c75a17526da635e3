import * as z from 'zod';

/**
 * A registered key. Only the id is required: Aiven's own clients accept responses without `provider` and `status`, and new
 * fields may be added.
 */
export const Cmk = z.looseObject({
  id: z.string(),
  provider: z.string().nullish().describe('aws, gcp, azure or oci'),
  resource: z.string().nullish().describe('Key identifier in the KMS'),
  status: z.string().nullish().describe('current, old or deleted'),
  default_cmk: z.boolean().nullish().describe('Default for new services'),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
});
export type Cmk = z.infer<typeof Cmk>;

/** The response of create, get, update and delete. */
export const CmkResponse = z.looseObject({ cmk: Cmk });
export type CmkResponse = z.infer<typeof CmkResponse>;

/** The response of list; the API has no paging. */
export const CmkListResponse = z.looseObject({ cmks: z.array(Cmk) });
export type CmkListResponse = z.infer<typeof CmkListResponse>;

/** The response of accessors: per cloud, the names of the principals. Clouds and their fields may change. */
export const AccessorsResponse = z.looseObject({ accessors: z.looseObject({}) });
export type AccessorsResponse = z.infer<typeof AccessorsResponse>;

/** The response of service associations. Entries are read one by one, so that an invalid one does not hide the others. */
export const AssociationsResponse = z.looseObject({ service_associations: z.array(z.unknown()) });

/** A service that uses a key, with `active`, `activating` or `deactivating`. */
export const Association = z.looseObject({ service_name: z.string().min(1), status: z.string().nullish() });

/** The response of one service, with the fields about its key. */
export const ServiceResponse = z.looseObject({
  service: z.looseObject({ service_name: z.string(), cmk_id: z.string().nullish(), state: z.string().nullish() }),
});
export type ServiceResponse = z.infer<typeof ServiceResponse>;

/** The response of the list of a project's services. Entries are read one by one, as above. */
export const ServicesResponse = z.looseObject({ services: z.array(z.unknown()) });

/** A service of that list with its active key, null for a key that Aiven manages. */
export const ListedService = z.looseObject({
  service_name: z.string().min(1).catch('(unreadable entry)'),
  cmk_id: z.unknown().optional(),
  state: z.unknown().optional(),
});

/** The response of the list of projects. Entries are read one by one, as above. */
export const ProjectsResponse = z.looseObject({ projects: z.array(z.unknown()) });

/** A project of that list. */
export const ListedProject = z.looseObject({ project_name: z.string() });

/** The response of a project's event log. Entries are read one by one, as above. */
export const EventsResponse = z.looseObject({ events: z.array(z.unknown()) });

/** An entry of that log: who did what, and when. */
export const ListedEvent = z.looseObject({
  time: z.string().nullish(),
  actor: z.string().nullish(),
  event_type: z.string().nullish(),
  service_name: z.string().nullish(),
  event_desc: z.string(),
});
export type ListedEvent = z.infer<typeof ListedEvent>;

/** An error response of the API; a gateway's may have another form. */
export const ErrorResponse = z.looseObject({
  message: z.string().optional().catch(undefined),
  errors: z
    .array(z.union([z.string(), z.looseObject({ message: z.string() }).transform((error) => error.message)]))
    .optional()
    .catch(undefined),
});
