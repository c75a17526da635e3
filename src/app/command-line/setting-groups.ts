/** The headings of the usage, and how the names of the flags and variables below them begin. */
const GROUPS: readonly (readonly [heading: string, names: RegExp])[] = [
  ['sandbox', /^(?:sandbox|state)/],
  ['Aiven API', /^AIVEN_(?:CMK_)?(?:TOKEN|API_ORIGIN|TIMEOUT|DEADLINE)|PROXY$|^NODE_/],
  [
    'limits of what agents may do',
    /^(?:project|read-only|toolsets|approval)$|^AIVEN_CMK_(?:PROJECT|READ_ONLY|TOOLSETS)$/,
  ],
  ['approval', /^AIVEN_CMK_(?:APPROV|OIDC_(?:CLIENT|SCOPES|RESOURCE|ACR)|WEBHOOK)/],
  ['serving HTTP', /^(?:http|metrics|allowed|insecure)|^AIVEN_CMK_(?:HTTP|METRICS|ALLOWED|OIDC|PUBLIC)/],
  ['OpenTelemetry', /^OTEL_/],
  ['what replicas share', /^AIVEN_CMK_(?:STORE|SIGNING)/],
];

/** The heading of all else. */
const OTHER = 'more';

/** The headings in the order of the usage. */
export const HEADINGS: readonly string[] = [...GROUPS.map(([heading]) => heading), OTHER];

/** Returns the heading for a flag without its dashes, or a variable. */
export function groupOf(name: string): string {
  return GROUPS.find(([, names]) => names.test(name))?.[0] ?? OTHER;
}
