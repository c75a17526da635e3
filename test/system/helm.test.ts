import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { readAccount } from '../../release/account.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { CHART, helm, renderBase, renderChart } from '../fixtures/helm.ts';
import type { Manifest } from '../fixtures/manifests.ts';

const RELEASE = 'aiven-cmk-mcp';
const IMAGE = readAccount('.').image;
const PAGE = ['--set', 'approval.enabled=true'];
const MODELS: Readonly<Record<string, (object: Manifest) => { validate(): void }>> = {
  ConfigMap: (object) => new ConfigMap(object),
  Deployment: (object) => new Deployment(object),
  HorizontalPodAutoscaler: (object) => new HorizontalPodAutoscaler(object),
  NetworkPolicy: (object) => new NetworkPolicy(object),
  PodDisruptionBudget: (object) => new PodDisruptionBudget(object),
  Service: (object) => new Service(object),
};

/** What only the chart has: labels of the release, and the sum by which a change of settings restarts the pods. */
const OF_HELM = /^(?:app\.kubernetes\.io\/(?:instance|managed-by|version)|helm\.sh\/chart|checksum\/config)$/;

/** Returns the objects without what only the chart has, and without the number that the base applies and the chart leaves alone. */
function comparable(objects: readonly Manifest[]): unknown {
  const text = JSON.stringify(objects, (key, value) => (OF_HELM.test(key) ? undefined : value));
  return JSON.parse(text).map((object: { spec?: { replicas?: number } } & Manifest) => {
    if (object.kind === 'Deployment' && object.metadata?.name === RELEASE) delete object.spec?.replicas;
    return object;
  });
}

/** Returns the object of a kind, the release's own. */
const ofKind = (objects: readonly Manifest[], kind: string, name = RELEASE) =>
  objects.find((each) => each.kind === kind && each.metadata?.name === name);

describe('the Helm chart', () => {
  it('satisfies helm lint', () => {
    expect(helm('lint', '--strict', CHART)).toContain('0 chart(s) failed');
  });

  it.each([
    ['the base', false, []],
    ['the base with the approval page and its store', true, PAGE],
  ] as const)('renders what kustomize renders of %s', (_title, withPage, args) => {
    const [base, chart] = [renderBase(withPage), renderChart(RELEASE, ...args)];
    expect(chart).toHaveLength(withPage ? 9 : 6);
    expect(comparable(chart)).toStrictEqual(comparable(base));
    expect(ofKind(chart, 'HorizontalPodAutoscaler')).toMatchObject({
      spec: { minReplicas: new Deployment(ofKind(base, 'Deployment')).spec?.replicas },
    });
  });

  it('is as valid with every value changed, and two releases share no name and select no pod of the other', () => {
    const set = ['--set', `autoscaling.enabled=false,replicas=4,image.digest=sha256:${'a'.repeat(64)}`];
    const objects = renderChart(
      'other',
      ...PAGE,
      ...set,
      '--set',
      'approval.clientSecret=false,approval.webhook.enabled=false',
    );
    for (const object of objects) expect(() => MODELS[object.kind]?.(object).validate(), object.kind).not.toThrow();
    const names = renderChart(RELEASE, ...PAGE).map(({ metadata }) => metadata?.name);
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^other/)]));
    expect(objects.every(({ metadata }) => metadata?.name.startsWith('other'))).toBe(true);
    const deployment = new Deployment(ofKind(objects, 'Deployment', 'other'));
    expect(deployment.spec?.replicas).toBe(4);
    expect(deployment.spec?.selector.matchLabels).toMatchObject({ 'app.kubernetes.io/instance': 'other' });
    const [server] = deployment.spec?.template.spec?.containers ?? [];
    expect(server?.image).toBe(`${IMAGE}@sha256:${'a'.repeat(64)}`);
    const variables = JSON.stringify(objects).match(/AIVEN_[A-Z_]+/g) ?? [];
    expect(variables).not.toContain('AIVEN_CMK_WEBHOOK_URL_FILE');
    expect(variables).not.toContain('AIVEN_CMK_OIDC_CLIENT_SECRET_FILE');
    for (const name of variables) expect(usage()).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  });

  it.each([
    ['a value that it does not know', 'replica=4', 'replica'],
    ['a number as text', 'replicas=three', 'replicas'],
    ['the Aiven token', 'config.AIVEN_TOKEN=secret', 'AIVEN_TOKEN'],
    ['a setting of another program', 'config.PATH=/tmp', 'PATH'],
    ['a public URL that is not https', 'config.AIVEN_CMK_PUBLIC_URL=http://example.com/mcp', 'AIVEN_CMK_PUBLIC_URL'],
    ['a digest that is none', 'image.digest=latest', 'digest'],
  ])('refuses %s', (_title, value, name) => {
    expect(() => renderChart(RELEASE, '--set', value)).toThrow(name);
  });

  it('runs the version of the package', () => {
    const objects = renderChart(RELEASE);
    expect(JSON.stringify(objects)).toContain(`"${IMAGE}:${packageJson.version}"`);
  });
});
