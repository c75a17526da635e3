import { toFailure } from '../../src/aiven/response.ts';
import { ERRORS, type ErrorCode, type ErrorInfo } from '../../src/core/errors.ts';
import { ERROR_GROUPS, ERROR_TEXTS } from './error-texts.ts';
import { code, page, toHeading } from './markdown.ts';

const INTRODUCTION = `# Errors

A failed call is \`isError: true\` with this object, as structured content and as the same JSON in text. The codes are a closed
list, and a code never changes its meaning: decide by \`code\`, show \`message\` and \`hint\`.

| member | holds |
|---|---|
| \`code\` | one of the codes below |
| \`message\` | what happened, as a sentence that names the thing |
| \`hint\` | the next step |
| \`retryable\` | whether the same call may succeed later |
| \`call_id\` | the id of the call in the audit log |
| \`http_status\` | the status of the Aiven API's response, where there was one |
| \`approval\` | with \`approval_pending\`: \`id\`, \`url\`, \`expires_at\`, \`retry_after_s\` |

*Repeat* says whether the same call may succeed later, as \`retryable\` does; *written* whether a write of the call may have been
carried out. Where a message has a hint of its own, it stands in place of the one given here. An error in a shell is printed in words,
with exit code 1; wrong usage ends with 2, and a cancelled question with 130.`;

/** What the server's HTTP endpoint answers before there is a call. */
const HTTP = `## Statuses of HTTP

Over HTTP a failed call has the status 200, as MCP wants it. Other statuses come before a call, with a JSON-RPC error or an OAuth one:

| status | means |
|---|---|
| 400 | the body is no JSON, or no MCP message |
| 401 | no credential, or one that is not valid here; \`WWW-Authenticate\` names the metadata that leads to the issuer |
| 403 | the \`Host\` or \`Origin\` header is not allowed: \`--allowed-host\`, \`--allowed-origin\` |
| 413 | the body is larger than \`AIVEN_CMK_HTTP_BODY_BYTES\` |
| 429 | the caller, or the address, is over its limit; \`Retry-After\` says for how long |
| 500 | the issuer cannot be reached to check the token, or a defect |
| 503 | at \`/readyz\`: the Aiven API cannot be reached, or the server is stopping |`;

/** Statuses of the API, and a status of each kind. */
const STATUSES: readonly (readonly [shown: string, status: number])[] = [
  ['3xx', 302],
  ['401', 401],
  ['403', 403],
  ['404', 404],
  ['408', 408],
  ['409', 409],
  ['417', 417],
  ['429', 429],
  ['other 4xx', 400],
  ['5xx', 500],
];

/** Returns the text of docs/errors.md. */
export function createErrorsPage(): string {
  const codes = ERROR_GROUPS.flatMap(([, , each]) => each);
  const missing = Object.keys(ERRORS).filter((each) => !codes.some((known) => known === each));
  if (missing.length > 0) throw new Error(`build/reference/error-texts.ts has no group for ${missing.join(', ')}.`);
  const contents = ERROR_GROUPS.map(([heading, , each]) => `- ${toHeading(heading)}: ${each.map(linkTo).join(', ')}`);
  return page([
    INTRODUCTION,
    [...contents, `- ${toHeading('Statuses of HTTP')}`].join('\n'),
    ...ERROR_GROUPS.map(([heading, about, each]) => [`## ${heading}`, about, ...each.map(describe)].join('\n\n')),
    HTTP,
  ]);
}

function linkTo(name: ErrorCode): string {
  return toHeading(name, code(name));
}

function describe(name: ErrorCode): string {
  const { hint, retryable, without, missing }: ErrorInfo = ERRORS[name];
  const { means, written, tools } = ERROR_TEXTS[name];
  const statuses = STATUSES.filter(([, status]) => toFailure('', status, '').code === name).map(([shown]) => shown);
  const facts = [
    `Repeat: ${retryable ? 'yes' : 'no'}.`,
    `Written: ${written}.`,
    ...(tools ? [`Only from ${tools.map((tool) => `[${code(tool)}](tools.md#${tool})`).join(' and ')}.`] : []),
    ...(statuses.length > 0 ? [`Status of the API: ${statuses.join(', ')}.`] : []),
  ];
  const hints = [
    `> ${hint}`,
    ...(without ? [`> Where \`${without.tool}\` is not offered: ${without.hint}`] : []),
    ...Object.entries(missing ?? {}).map(([what, text]) => `> Where it is a ${what}: ${text}`),
  ];
  return [`### ${name}`, means, facts.join(' '), hints.join('\n>\n')].join('\n\n');
}
