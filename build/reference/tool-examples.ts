const project = 'sandbox';

/** Keys of a new sandbox: the default one, one that services use, and an old one that none uses. */
const [DEFAULT, USED, OLD] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '44444444-4444-4444-8444-444444444444',
];

/** The arguments of each tool's example, by its name. Each is called with a sandbox of its own. */
export const TOOL_EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aiven_cmk_accessors: { project },
  aiven_cmk_create: {
    project,
    provider: 'aws',
    resource: 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6789-abcd-ef0123456789',
  },
  aiven_cmk_list: { project, include_services: true },
  aiven_cmk_get: { project, cmk_id: USED, include_services: true },
  aiven_cmk_update: { project, cmk_id: USED, default_cmk: true },
  aiven_cmk_delete: { project, cmk_id: OLD, confirm_cmk_id: OLD },
  aiven_cmk_services: { project, cmk_id: USED },
  aiven_cmk_access_check: { project, cmk_id: USED },
  aiven_cmk_assign: { project, service: 'scratch-valkey', cmk_id: DEFAULT },
  aiven_cmk_export: { project },
};
