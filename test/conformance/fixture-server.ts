import { randomBytes } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequest,
  inputRequired,
  inputResponse,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { InFlight } from '../../src/calls/in-flight.ts';
import { startEndpoint } from '../../src/server/http/endpoint.ts';

// The tools and the prompt that the conformance suite calls by name, behind the product's own HTTP layer. The product
// has no tools of these names, so without them the suite could not see that layer carry questions and streams.

type Requests = Record<string, InputRequest>;

const elicit = (message: string, field: string): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: { type: 'string' } }, required: [field] },
  });
const sample = (text: string): InputRequest =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 50 });
const confirm = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});
const name = elicit('What is your name?', 'name');
const capital = sample('What is the capital of France?');
const roots = inputRequired.listRoots();

/** Tools that ask once, and whether what they ask for is sealed in a state that must come back. */
const ASKING: Readonly<Record<string, { requests: Requests; sealed?: boolean }>> = {
  test_input_required_result_elicitation: { requests: { user_name: name } },
  test_input_required_result_sampling: { requests: { capital_question: capital } },
  test_input_required_result_list_roots: { requests: { client_roots: roots } },
  test_input_required_result_request_state: { requests: { confirm }, sealed: true },
  test_input_required_result_tampered_state: { requests: { confirm }, sealed: true },
  test_input_required_result_multiple_inputs: {
    requests: { user_name: name, greeting: sample('Generate a greeting'), client_roots: roots },
    sealed: true,
  },
  // The suite calls this one as a client that cannot sample, and the other to see that the question is no request.
  test_missing_capability: { requests: { capital_question: capital } },
  test_streaming_elicitation: { requests: { user_name: name } },
};

const STEPS = { step1: elicit('Step 1: your name?', 'name'), step2: elicit('Step 2: your favorite color?', 'color') };

// One key for all requests: each is served by a server of its own, and the state of one comes back to the next.
const states = createRequestStateCodec<string>({ key: randomBytes(32) });

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const answered = ({ mcpReq }: ServerContext, key: string) =>
  inputResponse(mcpReq.inputResponses, key).kind !== 'missing';

function createFixtures(): McpServer {
  const server = new McpServer(
    { name: 'conformance-fixtures', version: '1' },
    {
      capabilities: { tools: { listChanged: false }, prompts: { listChanged: false }, logging: {} },
      requestState: { verify: states.verify },
    },
  );
  for (const [tool, { requests, sealed }] of Object.entries(ASKING)) {
    server.registerTool(tool, {}, async (context) => {
      const stateIsOurs = !sealed || context.mcpReq.requestState<string>() === tool;
      if (stateIsOurs && Object.keys(requests).every((key) => answered(context, key))) return text('state-ok');
      return inputRequired({ inputRequests: requests, ...(sealed && { requestState: await states.mint(tool) }) });
    });
  }
  server.registerTool('test_input_required_result_multi_round', {}, async (context) => {
    const asked = context.mcpReq.requestState<string>();
    if (asked === 'step2' && answered(context, asked)) return text('done');
    const next = asked === 'step2' || (asked === 'step1' && answered(context, asked)) ? 'step2' : 'step1';
    return inputRequired({ inputRequests: { [next]: STEPS[next] }, requestState: await states.mint(next) });
  });
  server.registerTool('test_input_required_result_capabilities', {}, ({ mcpReq }) => {
    // The SDK checks the envelope, but its type names no keys.
    const envelope = mcpReq.envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
    return inputRequired({
      inputRequests: {
        ...(declared.elicitation && { user_name: name }),
        ...(declared.sampling && { capital_question: capital }),
        ...(declared.roots && { client_roots: roots }),
      },
    });
  });
  server.registerTool('test_logging_tool', {}, async ({ mcpReq }) => {
    await mcpReq.log('info', 'only for clients that ask for it');
    return text('logged');
  });
  server.registerTool('test_tool_with_progress', {}, async ({ mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {};
    for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
    }
    return text('done');
  });
  const mirrored = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) });
  server.registerTool('test_custom_headers', { inputSchema: mirrored }, ({ region }) => text(region));
  server.registerPrompt('test_input_required_result_prompt', {}, (context) => {
    if (answered(context, 'user_context')) {
      return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'done' } }] };
    }
    return inputRequired({ inputRequests: { user_context: elicit('What context should be used?', 'context') } });
  });
  return server;
}

const stopped = new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
const endpoint = await startEndpoint(
  createFixtures,
  {
    reachable: async () => true,
    inFlight: new InFlight(),
    audit: { note: async () => {} },
    log: (line) => process.stderr.write(`${line}\n`),
  },
  {
    readOnly: false,
    toolsets: [],
    projects: [],
    http: { host: '127.0.0.1', port: 0 },
    metrics: undefined,
    allowedHosts: [],
    allowedOrigins: [],
    oidcIssuer: undefined,
    oidcAudience: undefined,
    oidcSubjectClaim: 'sub',
    httpTokensFile: undefined,
    publicUrl: undefined,
    httpBodyBytes: 262_144,
    httpTimeoutMs: 15_000,
    httpConcurrent: 32,
    httpPerMinute: 600,
    httpConnections: 1_024,
  },
);
await stopped;
await endpoint.close();

// As the program does once it was told to stop and all is done: timers of the HTTP layer may still run.
process.exit();
