import { hasChartValue, versionRule } from '../../product/facts';
import type { FileViews, Keys, Rule } from '../rule';

const GATEWAY = 'release.values.gateway';
const NO_CONNECTION =
  'it requires a connection to Postgres, and the contract gives the gateway none: no login, no certificate authorities, no share of the connections';

/** Values of the chart's gateway: what needs Postgres, and what the chart refuses to render from a version on. */
export const GATEWAY_RULES: readonly Rule[] = [
  {
    path: `${GATEWAY}.profileEnforcement`,
    broken: ({ whole }) => {
      const mode = enabled(whole) ? whole.at(`${GATEWAY}.profileEnforcement`) : undefined;
      return mode === undefined || mode === null || mode === 'off' || mode === '' ? undefined : `off: ${NO_CONNECTION}`;
    },
    fix: 'remove it; the API enforces profiles, and the gateway asks the API through `controlPlaneDiscovery.url`',
  },
  {
    path: `${GATEWAY}.requireSharedRateLimit`,
    broken: ({ whole }) =>
      enabled(whole) && whole.at(`${GATEWAY}.requireSharedRateLimit`) === true ? `false: ${NO_CONNECTION}` : undefined,
    fix: 'remove it: a gateway pod then limits the rate by itself',
  },
  withPersistence(
    'persistence.enabled',
    (keys) => keys.at(`${GATEWAY}.persistence.enabled`) === true,
    'true: from this version on the chart does not render an enabled gateway without a volume for its audit log',
    'write `persistence: { enabled: true, existingClaim: <name> }`, or leave the gateway off',
  ),
  withPersistence(
    'persistence.existingClaim',
    (keys) => (keys.text(`${GATEWAY}.persistence.existingClaim`) ?? '') !== '',
    'the name of an existing PersistentVolumeClaim: the chart does not render the gateway without one',
    'write the name of a claim that `kubectl get pvc` shows in the namespace',
  ),
  withPersistence(
    'replicas',
    (keys, version) => (keys.at(`${GATEWAY}.replicas`) ?? (hasChartValue(version, 'gateway.replicas') ? 1 : 2)) === 1,
    '1: the chart renders a gateway with a volume only as a single pod',
    'write `replicas: 1`',
  ),
  ...['autoscaling.enabled', 'autoscaling.keda.enabled'].map((key) =>
    withPersistence(
      key,
      (keys) => keys.at(`${GATEWAY}.${key}`) !== true,
      'false: the chart renders a gateway with a volume only as a single pod',
      'remove it',
    ),
  ),
  {
    path: 'release.values.controlPlane.autoCorrelation.maxAgeHours',
    broken: (file) => {
      const version = validVersion(file);
      const hours = file.whole.at('release.values.controlPlane.autoCorrelation.maxAgeHours');
      if (version === undefined || hours === undefined) return undefined;
      const renders = typeof hours === 'number' && Number.isInteger(hours) && hours >= 1 && hours <= 8760;
      return renders || !hasChartValue(version, 'controlPlane.autoCorrelation')
        ? undefined
        : 'a whole number of hours from 1 to 8760: the chart does not render with another one';
    },
    fix: 'write 168, or leave it out',
  },
];

/** What holds for an enabled gateway from the version on whose chart keeps the gateway's audit log on a volume. */
function withPersistence(
  key: string,
  renders: (keys: Keys, version: string) => boolean,
  rule: string,
  fix: string,
): Rule {
  return {
    path: `${GATEWAY}.${key}`,
    broken: (file) => {
      const version = validVersion(file);
      if (version === undefined || !enabled(file.whole)) return undefined;
      if (!hasChartValue(version, 'gateway.persistence') || renders(file.whole, version)) return undefined;
      return rule;
    },
    fix,
  };
}

function enabled(keys: Keys): boolean {
  return keys.at(`${GATEWAY}.enabled`) === true;
}

function validVersion({ whole }: FileViews): string | undefined {
  const version = whole.text('release.chartVersion') ?? '';
  return versionRule(version) === undefined ? version : undefined;
}
