import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { readCommand } from '../src/config/index.ts';
import { PROGRAM, TOKEN } from './harness.ts';

const FOLDER = 'deploy/kubernetes';
const text = (name: string) => readFileSync(name, 'utf8');
const manifest = (name: string) => text(`${FOLDER}/${name}.yaml`);
const read = <T>(name: string): T => parse(manifest(name));
const names = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));

const configMap = new ConfigMap(read('configmap'));
const deployment = new Deployment(read('deployment'));
const budget = new PodDisruptionBudget(read('poddisruptionbudget'));
const autoscaler = new HorizontalPodAutoscaler(read('horizontalpodautoscaler'));
const policy = new NetworkPolicy(read('networkpolicy'));
const secret = new Secret(read('secret.example'));
const service = new Service(read('service'));
const objects = [configMap, deployment, budget, autoscaler, policy, secret, service];

const pod = deployment.spec?.template;
const container = pod?.spec?.containers[0];
const args = container?.args ?? [];
const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];

/** The Dockerfile's instructions, and what follows such a word, once for each time it stands there. */
const instructions = text('deploy/Dockerfile').replace(/^#.*\n/gm, '').replaceAll('\\\n', '');
const said = (word: string) => instructions.match(new RegExp(`(?<=^${word} ).*`, 'gm')) ?? [];
const list = (line = '[]'): string[] => JSON.parse(line.slice(line.indexOf('["')));
const health = list(said('HEALTHCHECK')[0]);
/** Each COPY; what comes of the build stage's folder lies there as it does here. */
const copies = said('COPY').map((line) => {
  const sources = line.replace(/^--from=\S+ \/app\//, '').split(' ');
  return { built: line.startsWith('--from='), target: sources.pop() ?? '', sources };
});
const runtime = copies.slice(copies.findIndex(({ built }) => built));

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
  let server: ChildProcess;
  let port = '';

  beforeAll(async () => {
    for (const { sources, target } of runtime)
      for (const source of sources)
        cpSync(source, join(image, target === './' ? basename(source) : target), { recursive: true });
    const env = { AIVEN_CMK_ALLOWED_HOSTS: own.AIVEN_CMK_ALLOWED_HOSTS };
    const program = [...list(said('ENTRYPOINT')[0]).slice(1), '--sandbox', '--http', '127.0.0.1:0'];
    const child = spawn(process.execPath, program, { cwd: image, env });
    server = child;
    for await (const line of createInterface(child.stderr)) {
      port = /listening on http:\/\/127\.0\.0\.1:(\d+)\/mcp/.exec(line)?.[1] ?? '';
      if (port) break;
    }
  });
  afterAll(() => {
    server.kill('SIGKILL');
    for (const folder of [image, scratch]) rmSync(folder, { recursive: true });
  });

  const status = async (path: string | undefined, host: string) => {
    const [answer] = await once(get({ host: '127.0.0.1', port, path, headers: { host } }), 'response');
    return answer.resume().statusCode;
  };
  const start = (token: string, extra: Record<string, string> = {}) => {
    writeFileSync(join(scratch, 'token'), token);
    return readCommand(args, { ...environment, ...extra, AIVEN_TOKEN_FILE: join(scratch, 'token') });
  };

  it.each(objects.map((object) => ({ kind: object.kind, object })))('has a valid $kind', ({ object }) => {
    expect(() => object.validate()).not.toThrow();
  });

  it('is checked by a validator that refuses a broken object', () => {
    const broken = manifest('deployment').replace('replicas: 3', "replicas: '3'");
    expect(() => new Deployment(parse(broken)).validate()).toThrow('spec/replicas must be integer');
  });

  it('has no field that Kubernetes does not know, which the validator would let pass', () => {
    symlinkSync(resolve('node_modules'), join(scratch, 'node_modules'));
    const misspelt = manifest('deployment').replace('readinessProbe', 'readynessProbe');
    const good = names.filter((name) => name !== 'kustomization').map(manifest);
    const declarations = [...good, misspelt].map((yaml, index) => {
      const { apiVersion, kind, ...rest } = parse(yaml);
      const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
      return `export const object${index}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })};\n`;
    });
    writeFileSync(join(scratch, 'objects.mts'), declarations.join(''));
    const options = '--noEmit --strict --skipLibCheck --module nodenext objects.mts --types'.split(' ');
    const tsc = [resolve('node_modules/typescript/bin/tsc'), ...options, ''];
    const { stdout } = spawnSync(process.execPath, tsc, { cwd: scratch, encoding: 'utf8' });
    const only = new RegExp(`^objects\\.mts\\(${declarations.length},.*readynessProbe`);
    expect(stdout.match(/^\S.*error.*/gm)).toStrictEqual([expect.stringMatching(only)]);
  });

  it('applies every manifest but the example of a Secret', () => {
    const { resources } = read<{ resources: string[] }>('kustomization');
    const applied = [...resources.map((file) => file.replace('.yaml', '')), 'kustomization', 'secret.example'];
    expect(applied.toSorted()).toStrictEqual(names.toSorted());
  });

  it('names only settings and flags that the program has', () => {
    const { stdout: help } = spawnSync(process.execPath, [PROGRAM, '--help'], { encoding: 'utf8' });
    const variables = names.flatMap((name) => manifest(name).match(/\bAIVEN_[A-Z_]+/g) ?? []);
    const flags = [...list(said('CMD')[0]), ...args].filter((arg) => arg.startsWith('--'));
    expect([new Set(variables).size, new Set(flags).size]).toStrictEqual([8, 1]);
    for (const name of [...variables, ...flags]) expect(help).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  });

  it('starts the program signed in, for named projects, with a human asked', () => {
    const { AIVEN_CMK_OIDC_ISSUER: oidcIssuer, AIVEN_CMK_PUBLIC_URL: publicUrl = '' } = environment;
    const allowedHosts = [POD_IP, service.metadata?.name, new URL(publicUrl).hostname];
    const config = { oidcIssuer, publicUrl, allowedHosts, approval: 'required', projects: ['example-project'] };
    expect(start(TOKEN)).toMatchObject({ kind: 'serve', config });
  });

  it('does not start with the example of a Secret', () => {
    expect(() => start(secret.stringData?.token ?? '')).toThrow('placeholder');
  });

  it('keeps out the variables that Kubernetes names after a Service, which the program may refuse', () => {
    expect(pod?.spec?.enableServiceLinks).toBe(false);
  });

  it('mounts the token where the program reads it', () => {
    const [volume] = pod?.spec?.volumes ?? [];
    const mountPath = environment.AIVEN_TOKEN_FILE?.replace(/\/token$/, '');
    const items = Object.keys(secret.stringData ?? {}).map((key) => ({ key, path: 'token' }));
    expect(container?.volumeMounts).toStrictEqual([{ name: volume?.name, mountPath, readOnly: true }]);
    expect(volume?.secret).toStrictEqual({ secretName: secret.metadata?.name, defaultMode: 0o440, items });
    expect(container?.envFrom).toStrictEqual([{ configMapRef: { name: configMap.metadata?.name } }]);
  });

  it('uses one port throughout', () => {
    const [exposed = ''] = said('EXPOSE');
    for (const given of [list(said('CMD')[0]), args]) expect(given).toStrictEqual(['--http', `0.0.0.0:${exposed}`]);
    expect(health.join(' ')).toContain(`//localhost:${exposed}/`);
    expect(container?.ports).toMatchObject([{ name: 'http', containerPort: Number(exposed) }]);
    expect(service.spec?.ports).toMatchObject([{ port: 80, targetPort: 'http' }]);
    for (const probe of probes) expect(probe?.httpGet?.port).toBe('http');
    expect(policy.spec?.ingress?.[0]?.ports).toStrictEqual([{ protocol: 'TCP', port: Number(exposed) }]);
    expect(pod?.metadata?.annotations).toMatchObject({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': exposed });
  });

  it('probes and scrapes paths that the program serves, by the pod’s address', async () => {
    const paths = [...probes.map((probe) => probe?.httpGet?.path), pod?.metadata?.annotations?.['prometheus.io/path']];
    expect(paths).toStrictEqual(['/readyz', '/readyz', '/healthz', '/metrics']);
    for (const path of paths) expect([path, await status(path, `${POD_IP}:8080`)]).toStrictEqual([path, 200]);
    expect(await status('/healthz', '10.9.9.9:8080')).toBe(403);
  });

  it.each([['passes where the program runs', '', 0], ['fails where it does not', '/elsewhere', 1]])(
    'has a health check that %s', (_title, path, code) => {
    const check = health.slice(1).map((arg) => arg.replace(/:8080(\/healthz)/, (_, own) => `:${port}${path || own}`));
    expect(spawnSync(process.execPath, check).status).toBe(code);
  });
});
