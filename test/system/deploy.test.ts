import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { readAccount } from '../../release/account.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { readCommand } from '../../src/app/config/config.ts';
import { DRAIN_MS } from '../../src/server/http/endpoint.ts';
import { PACKAGE, TOKEN } from '../fixtures/harness.ts';
import { BASE, manifestNames, PAGE, patchedManifest, readManifest } from '../fixtures/manifests.ts';
import { marked } from '../fixtures/run-variable.ts';

const text = (name: string) => readFileSync(name, 'utf8');
const manifest = (name: string) => text(`deploy/kubernetes/${name}.yaml`);
const read = <T>(name: string): T => parse(manifest(name));
const names = manifestNames(BASE);
const configMap = new ConfigMap(read('configmap'));
const deployment = new Deployment(read('deployment'));
const budget = new PodDisruptionBudget(read('poddisruptionbudget'));
const autoscaler = new HorizontalPodAutoscaler(read('horizontalpodautoscaler'));
const policy = new NetworkPolicy(read('networkpolicy'));
const secret = new Secret(read('secret.example'));
const service = new Service(read('service'));
const pod = deployment.spec?.template;
const spec = pod?.spec;
const container = spec?.containers[0];
const args = container?.args ?? [];
const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];

/** The Dockerfile's instructions, those of its final stage, and what follows a word each time it starts one. */
const instructions = text('deploy/Dockerfile').replace(/^#.*\n|\\\n/gm, '');
const final = instructions.slice(instructions.lastIndexOf('\nFROM '));
const said = (word: string, within = instructions) => within.match(new RegExp(`(?<=^${word} ).*`, 'gm')) ?? [];
const list = (line = '[]'): string[] => JSON.parse(line.slice(line.indexOf('["')));
/** What the image holds: all that the program may need. */
const HELD = ['dist', 'package.json', 'LICENSE'];

/** The container's environment, each reference filled in from the variables above it, as Kubernetes does. */
const POD_IP = '10.1.2.3';
const own: Record<string, string> = {};
for (const { name, value = '', valueFrom } of container?.env ?? []) {
  const filled = value.replace(/\$\((\w+)\)/g, (reference, other) => own[other] ?? reference);
  own[name] = valueFrom?.fieldRef?.fieldPath === 'status.podIP' ? POD_IP : filled;
}
const environment = { ...configMap.data, ...own };

describe('the deployment', () => {
  const image = mkdtempSync(join(tmpdir(), 'aiven-cmk-image-'));
  const scratch = mkdtempSync(join(tmpdir(), 'aiven-cmk-deploy-'));
  let server: ChildProcessWithoutNullStreams;
  const ports: { http?: string | undefined; metrics?: string | undefined } = {};

  beforeAll(async () => {
    for (const file of HELD) cpSync(join(PACKAGE, file), join(image, file), { recursive: true });
    const program = [...list(said('ENTRYPOINT')[0]).slice(1), '--sandbox', '--http', '0', '--metrics', '0'];
    server = spawn(process.execPath, program, { cwd: image, env: marked(own) });
    const output = createInterface(server.stderr);
    for await (const line of output) {
      ports.metrics ??= /metrics on http:\/\/127\.0\.0\.1:(\d+)\/metrics/.exec(line)?.[1];
      ports.http = /listening on http:\/\/127\.0\.0\.1:(\d+)\/mcp/.exec(line)?.[1];
      if (ports.http) break;
    }
    server.stderr.resume();
  });
  afterAll(() => {
    server.kill('SIGKILL');
    for (const folder of [image, scratch]) rmSync(folder, { recursive: true });
  });

  const answer = (path: string | undefined, host: string, port = ports.http) =>
    once(get({ host: '127.0.0.1', port, path, headers: { host } }), 'response').then(([{ statusCode }]) => statusCode);
  const start = async (token: string) => {
    writeFileSync(join(scratch, 'token'), token);
    const command = await readCommand(args, { ...environment, AIVEN_TOKEN_FILE: join(scratch, 'token') });
    return command.kind === 'serve' ? command.config : undefined;
  };

  it('applies manifests that are valid by the schemas of Kubernetes, which refuse a broken one', () => {
    for (const object of [configMap, deployment, budget, autoscaler, policy, secret, service])
      expect(() => object.validate(), object.kind).not.toThrow();
    const { resources } = read<{ resources: string[] }>('kustomization');
    const applied = [...resources.map((file) => file.replace('.yaml', '')), 'kustomization', 'secret.example'];
    expect(applied.toSorted()).toStrictEqual(names.toSorted());
    const broken = manifest('deployment').replace('replicas: 3', "replicas: '3'");
    expect(() => new Deployment(parse(broken)).validate()).toThrow('spec/replicas must be integer');
  });

  it('has no field that Kubernetes does not know, which the validator would let pass', () => {
    symlinkSync(resolve('node_modules'), join(scratch, 'node_modules'));
    const misspelt = manifest('deployment').replace('readinessProbe', 'readynessProbe');
    const base = names.filter((name) => name !== 'kustomization').map((name) => patchedManifest(name));
    const page = manifestNames(PAGE).map((name) => readManifest(PAGE, name));
    const objects = [
      ...base,
      ...page.filter(({ kind }) => kind !== 'Component' && kind !== undefined),
      parse(misspelt),
    ];
    const declarations = objects.map(({ apiVersion, kind, ...rest }, index) => {
      const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
      return `export const object${index}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })};\n`;
    });
    writeFileSync(join(scratch, 'objects.mts'), declarations.join(''));
    const tsc = 'node_modules/typescript/bin/tsc --noEmit --skipLibCheck --module nodenext objects.mts'.split(' ');
    const { stdout } = spawnSync(process.execPath, tsc, { cwd: scratch, encoding: 'utf8' });
    const only = new RegExp(`^objects\\.mts\\(${declarations.length},.*readynessProbe`);
    expect(stdout.match(/^\S.*error.*/gm)).toStrictEqual([expect.stringMatching(only)]);
  });

  it('names only settings and flags that the program has, and lets Kubernetes name none after a Service', () => {
    const page = manifestNames(PAGE).map((name) => text(`${PAGE}/${name}.yaml`));
    const variables = [...names.map(manifest), ...page, instructions].join('\n').match(/\bAIVEN_[A-Z_]+/g) ?? [];
    const flags = [...list(said('CMD')[0]), ...args].filter((arg) => arg.startsWith('--'));
    expect([new Set(variables).size, new Set(flags).size]).toStrictEqual([15, 2]);
    expect(spec?.enableServiceLinks).toBe(false);
    for (const name of [...variables, ...flags]) expect(usage()).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  });

  it('starts the program signed in, for named projects and asking a human, with the token mounted', async () => {
    const { AIVEN_CMK_OIDC_ISSUER: oidcIssuer, AIVEN_CMK_PUBLIC_URL: publicUrl = '' } = environment;
    const allowedHosts = [POD_IP, service.metadata?.name, new URL(publicUrl).hostname];
    const kept = { approval: 'required', projects: ['example-project'] };
    expect(await start(TOKEN)).toMatchObject({ oidcIssuer, publicUrl, allowedHosts, ...kept });
    await expect(start(secret.stringData?.token ?? '')).rejects.toThrow('placeholder');
    const [volume] = spec?.volumes ?? [];
    const mountPath = environment.AIVEN_TOKEN_FILE?.replace(/\/token$/, '');
    const items = Object.keys(secret.stringData ?? {}).map((key) => ({ key, path: 'token' }));
    expect(container?.volumeMounts).toStrictEqual([{ name: volume?.name, mountPath, readOnly: true }]);
    expect(volume?.secret).toStrictEqual({ secretName: secret.metadata?.name, defaultMode: 0o440, items });
    expect(container?.envFrom).toStrictEqual([{ configMapRef: { name: configMap.metadata?.name } }]);
  });

  it('uses one port for MCP and one for metrics throughout, and lets Prometheus reach only the latter', () => {
    const [exposed = ''] = said('EXPOSE');
    const metrics = pod?.metadata?.annotations?.['prometheus.io/port'] ?? '';
    expect(list(said('CMD')[0])).toStrictEqual(['--http', `0.0.0.0:${exposed}`]);
    expect(args).toStrictEqual(['--http', `0.0.0.0:${exposed}`, '--metrics', `0.0.0.0:${metrics}`]);
    expect(said('HEALTHCHECK')[0]).toContain(`//localhost:${exposed}/`);
    const numbers = [Number(exposed), Number(metrics)];
    expect(container?.ports?.map(({ name, containerPort }) => [name, containerPort])).toStrictEqual([
      ['http', numbers[0]],
      ['metrics', numbers[1]],
    ]);
    expect(service.spec?.ports).toStrictEqual([{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }]);
    for (const probe of probes) expect(probe?.httpGet?.port).toBe('http');
    const open = policy.spec?.ingress?.map(({ ports }) => ports);
    expect(open).toStrictEqual(numbers.map((port) => [{ protocol: 'TCP', port }]));
    expect(pod?.metadata?.annotations).toMatchObject({ 'prometheus.io/scrape': 'true' });
  });

  it('probes and scrapes paths that the program serves, by the pod’s address', async () => {
    const paths = probes.map((probe) => probe?.httpGet?.path);
    expect(paths).toStrictEqual(['/healthz', '/readyz', '/healthz']);
    for (const path of paths) expect([path, await answer(path, `${POD_IP}:8080`)]).toStrictEqual([path, 200]);
    const scraped = pod?.metadata?.annotations?.['prometheus.io/path'];
    expect(await answer(scraped, `${POD_IP}:9464`, ports.metrics)).toBe(200);
    expect(await answer(scraped, '10.9.9.9:9464', ports.metrics)).toBe(403);
    expect(await answer(scraped, `${POD_IP}:8080`)).toBe(404);
    expect(await answer('/healthz', '10.9.9.9:8080')).toBe(403);
  });

  it('has a health check that passes where the program runs and fails where it does not', () => {
    const [, ...check] = list(said('HEALTHCHECK', final)[0]?.replace('localhost:8080/healthz', 'URL'));
    const code = (url: string) => spawnSync('node', JSON.parse(JSON.stringify(check).replace('URL', url))).status;
    expect([code(`localhost:${ports.http}/healthz`), code(`localhost:${ports.http}/no`), code('localhost:1')]).toEqual([
      0, 1, 1,
    ]);
  });

  it('gives the pod longer to stop than the server takes', async () => {
    const deadline = (await start(TOKEN))?.deadlineMs ?? Number.NaN;
    const wait = Number(container?.lifecycle?.preStop?.exec?.command?.[1]);
    expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(wait + (DRAIN_MS + deadline) / 1_000);
  });

  it('gives the pod no right and no connection that it does not need', () => {
    const [runAsUser = 0, runAsGroup = 0] = said('USER', final)[0]?.split(':').map(Number) ?? [];
    expect(Math.min(runAsUser, runAsGroup)).toBeGreaterThan(0);
    const identity = { runAsNonRoot: true, runAsUser, runAsGroup, fsGroup: runAsGroup };
    expect(spec?.securityContext).toStrictEqual({ ...identity, seccompProfile: { type: 'RuntimeDefault' } });
    const locked = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
    expect(container?.securityContext).toStrictEqual(locked);
    expect(spec?.automountServiceAccountToken).toBe(false);
    const { policyTypes, ingress = [], egress = [] } = policy.spec ?? {};
    const from = ingress.flatMap((rule) => rule.from?.map(({ namespaceSelector }) => namespaceSelector?.matchLabels));
    expect(policyTypes).toStrictEqual(['Ingress', 'Egress']);
    const known = ['ingress-nginx', 'monitoring'].map((name) => ({ 'kubernetes.io/metadata.name': name }));
    expect(from).toStrictEqual(known);
    expect(egress.flatMap(({ ports }) => ports?.map(({ port }) => port))).toStrictEqual([53, 53, 443]);
  });

  it('keeps serving while replicas are replaced, evicted or scaled, and means the same ones everywhere', () => {
    const { replicas = 0, strategy } = deployment.spec ?? {};
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment.metadata?.name };
    expect(strategy?.rollingUpdate).toStrictEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(budget.spec?.minAvailable).toBeLessThan(replicas);
    expect(autoscaler.spec).toMatchObject({ scaleTargetRef, minReplicas: replicas, maxReplicas: 12 });
    const spread = spec?.topologySpreadConstraints?.map(({ labelSelector }) => labelSelector) ?? [];
    const selectors = [deployment.spec?.selector, budget.spec?.selector, policy.spec?.podSelector, ...spread];
    const labels = [service.spec?.selector, ...selectors.map((selector) => selector?.matchLabels)];
    expect(labels).toStrictEqual(Array(6).fill(pod?.metadata?.labels));
  });

  it('builds the image of files that are sent to the build, and labels it as package.json does', () => {
    const sent = text('.dockerignore').match(/(?<=^!).*/gm) ?? [];
    const taken = said('COPY').flatMap((copy) => (copy.startsWith('--from') ? [] : copy.split(' ').slice(0, -1)));
    expect([...new Set(taken)].toSorted()).toStrictEqual(sent);
    const [built, ...others] = HELD;
    expect(said('COPY', final)).toStrictEqual([`--from=build /app/${built} ${built}`, `${others.join(' ')} ./`]);
    expect(readdirSync('.')).toStrictEqual(expect.arrayContaining(sent));
    expect(readdirSync(PACKAGE)).toStrictEqual(expect.arrayContaining(HELD));
    expect(said('ARG')).toStrictEqual([`NODE=node:${text('.nvmrc').trim()}-slim`]);
    const { name, version, license, mcpName = `io.github.${name}/${name}` } = packageJson as Record<string, unknown>;
    const labels = [`modelcontextprotocol.server.name="${mcpName}"`, `title="${name}"`, `version="${version}"`];
    for (const label of [...labels, `licenses="${license}"`]) expect(said('LABEL', final)[0]).toContain(`.${label}`);
    expect(container?.image).toBe(`${readAccount('.').image}:${version}`);
  });
});
