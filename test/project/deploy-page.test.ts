import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';
import { TOKEN } from '../fixtures/harness.ts';
import { BASE, manifestNames, PAGE, patchedManifest, readManifest } from '../fixtures/manifests.ts';

const configMap = new ConfigMap(patchedManifest('configmap'));
const deployment = new Deployment(patchedManifest('deployment'));
const policy = new NetworkPolicy(patchedManifest('networkpolicy'));
const secret = new Secret(readManifest(PAGE, 'secret.example'));
const valkey = {
  deployment: new Deployment(readManifest(PAGE, 'valkey-deployment')),
  policy: new NetworkPolicy(readManifest(PAGE, 'valkey-networkpolicy')),
  secret: new Secret(readManifest(PAGE, 'valkey-secret.example')),
  service: new Service(readManifest(PAGE, 'valkey-service')),
};
const spec = deployment.spec?.template.spec;
const [server] = spec?.containers ?? [];
const [store] = valkey.deployment.spec?.template.spec?.containers ?? [];

describe('the approval page on Kubernetes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-deploy-page-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Reads the settings of a pod whose secrets hold these values beside the placeholders of the example. */
  async function start(values: Readonly<Record<string, string>>) {
    const given = Object.entries({ ...secret.stringData, ...values, token: TOKEN });
    for (const [name, value] of given) writeFileSync(join(folder, name), value, { mode: 0o600 });
    const own = server?.env?.map(({ name, value = '' }) => [
      name,
      value.replace(/^\/var\/run\/secrets\/\w[\w-]*/, folder),
    ]);
    const environment = { ...configMap.data, ...Object.fromEntries(own ?? []), AIVEN_CMK_ALLOWED_HOSTS: 'pod' };
    const command = await readCommand(server?.args ?? [], environment);
    return command.kind === 'serve' ? command.config : undefined;
  }
  const filled = {
    'store-url': secret.stringData?.['store-url']?.replace(`\${STORE_PASSWORD}`, 'f0f0') ?? '',
    'signing-key': Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64'),
    'client-secret': 'client-secret',
    'webhook-url': 'https://hooks.example.com/services/x',
  };

  it('is manifests that are valid, all of them used', () => {
    const objects = [configMap, deployment, policy, secret, ...Object.values(valkey)];
    for (const object of objects) expect(() => object.validate(), object.kind).not.toThrow();
    const { resources, patches } = readManifest<{ resources: string[]; patches: { path: string }[] }>(
      PAGE,
      'kustomization',
    );
    const used = [...resources, ...patches.map(({ path }) => path)].map((file) => file.replace('.yaml', ''));
    const all = [...used, 'kustomization', 'secret.example', 'valkey-secret.example'];
    expect(all.toSorted()).toStrictEqual(manifestNames(PAGE).toSorted());
  });

  it('starts the program with the page as the only way, the shared store, a key of its own and notices', async () => {
    const config = await start(filled);
    expect(config).toMatchObject({ approval: 'page', oidcClientId: 'cmk-approvals', webhookFormat: 'slack' });
    expect(Object.keys(config?.secrets ?? {}).toSorted()).toStrictEqual([
      'oidcClient',
      'signingKey',
      'storeUrl',
      'webhookUrl',
    ]);
  });

  it('does not start with a placeholder that was left', async () => {
    await expect(start({ ...filled, 'signing-key': secret.stringData?.['signing-key'] ?? '' })).rejects.toThrow(
      'no key',
    );
    await expect(start({ ...filled, 'webhook-url': secret.stringData?.['webhook-url'] ?? '' })).rejects.toThrow(
      'no URL',
    );
  });

  it('mounts every secret as a file that the server’s group alone reads, under the name that the settings say', () => {
    const mount = server?.volumeMounts?.find(({ name }) => name === 'approvals');
    const volume = spec?.volumes?.find(({ name }) => name === 'approvals');
    expect(volume?.secret).toStrictEqual({ secretName: secret.metadata?.name, defaultMode: 0o440 });
    const files = server?.env?.flatMap(({ value = '' }) => (value.startsWith(`${mount?.mountPath}/`) ? [value] : []));
    const keys = Object.keys(secret.stringData ?? {}).map((key) => `${mount?.mountPath}/${key}`);
    expect([mount?.readOnly, files?.toSorted()]).toStrictEqual([true, keys.toSorted()]);
    for (const { name, value = '' } of server?.env ?? []) expect(value.startsWith('/')).toBe(name.endsWith('_FILE'));
  });

  it('has one store, which the server’s pods alone reach, and which reaches nothing', () => {
    const labels = valkey.deployment.spec?.template.metadata?.labels;
    const pods = deployment.spec?.template.metadata?.labels;
    const ports = [{ protocol: 'TCP', port: store?.ports?.[0]?.containerPort }];
    const { podSelector, policyTypes, ingress, egress } = valkey.policy.spec ?? {};
    expect(podSelector?.matchLabels).toStrictEqual(labels);
    expect([policyTypes, egress]).toStrictEqual([['Ingress', 'Egress'], []]);
    expect(ingress).toStrictEqual([{ from: [{ podSelector: { matchLabels: pods } }], ports }]);
    expect(policy.spec?.egress?.at(-1)).toStrictEqual({ to: [{ podSelector: { matchLabels: labels } }], ports });
    const before = readManifest<NetworkPolicy>(BASE, 'networkpolicy').spec?.egress;
    expect(policy.spec?.egress?.slice(0, -1)).toStrictEqual(before);
    expect(valkey.service.spec).toMatchObject({ selector: labels, ports: [{ ...ports[0], targetPort: 'valkey' }] });
    expect(new URL(filled['store-url']).host).toBe(`${valkey.service.metadata?.name}:${ports[0]?.port}`);
    expect(valkey.deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(labels).not.toStrictEqual(pods);
  });

  it('gives the store no right that it does not need, its users from a file, and nothing to evict', () => {
    const { securityContext, automountServiceAccountToken, volumes } = valkey.deployment.spec?.template.spec ?? {};
    expect([automountServiceAccountToken, securityContext?.runAsNonRoot]).toStrictEqual([false, true]);
    expect(store?.securityContext).toStrictEqual(server?.securityContext);
    expect(volumes?.[0]?.secret).toStrictEqual({ secretName: valkey.secret.metadata?.name, defaultMode: 0o440 });
    expect(`${store?.volumeMounts?.[0]?.mountPath}/${Object.keys(valkey.secret.stringData ?? {})[0]}`).toBe(
      store?.args?.at(-1),
    );
    expect(store?.args?.join(' ')).toContain('--maxmemory-policy noeviction');
  });
});
