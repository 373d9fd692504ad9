import type { KeyMistake } from '../error';
import { variablesOfKeys } from './api-settings';
import { ownedValues } from './chart';
import { newestVersion, versionRule } from './facts';
import { chartKeyMistakes, isChartKey } from './facts/chart-keys';
import {
  type HelmValue,
  type HelmValues,
  isValues,
  itemName,
  mergeValues,
  type ValuePath,
  valueAt,
  visitValues,
} from './helm-values';
import { credentialMistakes, metadataCredentials, showValue } from './release-credentials';
import { referenceMistakes, refusedArguments, refusedMounts, refusedVariables } from './release-references';

/** Every value that the contract may own, with every option in use; variables of single versions are refused by name. */
const OWNED_SHAPE = mergeValues(
  ownedValues({
    environmentName: '',
    namespace: '',
    chartVersion: newestVersion(),
    databaseProvider: 'aws-rds',
    appSecretName: '',
    maintenanceSecretName: '',
    adminSecretName: '',
    controlPlaneSecretName: '',
    trustBundleName: '',
    replicas: 0,
    autoscaling: { minimumReplicas: 0, maximumReplicas: 0, cpuPercent: 0 },
    poolMinimum: 0,
    poolMaximum: 0,
    trustedProxyIssuer: '',
    images: { registry: '' },
  }),
  // The paths of a host are easily forgotten, and without them Kubernetes refuses the Ingress: it is owned as a whole.
  { controlPlane: { ingress: '' } },
);

/** Where else in the environment file some of the owned values are decided. */
const DECIDED_ELSEWHERE: readonly (readonly [path: string, key: string])[] = [
  ['controlPlane.api.replicas', 'release.replicas'],
  ['controlPlane.api.autoscaling', 'release.autoscaling'],
  ['controlPlane.ingress', 'release.ingress'],
  ['image.tag', 'release.chartVersion'],
  ['image', 'release.images.registry'],
  ['uiImage', 'release.images.registry'],
  ['collectorImage', 'release.images.registry'],
  ['runtimeImage', 'release.images.registry'],
  ['nameOverride', 'name'],
  ['serviceAccount.annotations', 'podRoles.scanner'],
  ['controlPlane.externalSecrets', 'secrets.delivery'],
  ['controlPlane.backup', 'backup'],
];

/** What is wrong with the texts and values of `release` that go to the cluster as they are; paths from the top of the file. */
export function releaseMistakes(release: unknown): KeyMistake[] {
  const [values, annotations] = [['values'], ['ingress', 'annotations']].map((path) => {
    const found = valueAt(release as HelmValue | undefined, path);
    return isValues(found) ? found : {};
  }) as [HelmValues, HelmValues];
  const version = valueAt(release as HelmValue | undefined, ['chartVersion']);
  return [
    ...releaseValueMistakes(values, typeof version === 'string' ? version : undefined).map(({ path, ...mistake }) => ({
      path: ['values', ...path],
      ...mistake,
    })),
    ...metadataCredentials(annotations, ['ingress', 'annotations']),
  ].map(({ path, ...mistake }) => ({ path: ['release', ...path], ...mistake }));
}

/**
 * What is wrong with a user's values: keys that the contract owns, what bypasses it, and credentials in plain text.
 *
 * @param version Version of the chart. One that is refused itself counts as the newest.
 */
export function releaseValueMistakes(values: HelmValues, version = newestVersion()): KeyMistake[] {
  const chartVersion = versionRule(version) === undefined ? version : newestVersion();
  const owned = ownedKeyMistakes(values, OWNED_SHAPE, []);
  const places = owned.map(({ path }) => path.join('.'));
  return [
    ...owned,
    ...chartKeyMistakes(values, chartVersion).filter(({ path }) => !places.includes(path.join('.'))),
    ...mergeKeyMistakes(values),
    ...refusedVariables(values, chartVersion),
    ...refusedArguments(values),
    ...refusedMounts(values),
    ...referenceMistakes(values),
    ...credentialMistakes(values),
  ];
}

function ownedKeyMistakes(given: HelmValue, owned: HelmValue, path: ValuePath): KeyMistake[] {
  if (isValues(owned) && isValues(given)) {
    const nothing = Object.keys(owned).length === 0;
    return Object.entries(given).flatMap(([key, value]) => {
      if (nothing) return [ownedMistake(value, [...path, key])];
      const counterpart = Object.hasOwn(owned, key) ? owned[key] : undefined;
      if (counterpart !== undefined) return ownedKeyMistakes(value, counterpart, [...path, key]);
      return placeMistakes(key, path) ?? spellingMistakes(key, Object.keys(owned), path);
    });
  }
  if (Array.isArray(owned) && Array.isArray(given)) return ownedItemMistakes(given, owned, path);
  if (typeof owned === 'boolean' && given === owned && decidedElsewhere(path) === undefined) return [];
  return [ownedMistake(given, path)];
}

function ownedMistake(given: HelmValue, path: ValuePath): KeyMistake {
  const elsewhere = decidedElsewhere(path);
  const instead = elsewhere === undefined ? '' : `, and write \`${elsewhere}\``;
  const fix = `remove it from \`release.values\`${instead}`;
  return { path, got: showValue(given, path), rule: 'the contract owns this value', fix };
}

function decidedElsewhere(path: ValuePath): string | undefined {
  const place = path.join('.');
  return DECIDED_ELSEWHERE.find(([prefix]) => place === prefix || place.startsWith(`${prefix}.`))?.[1];
}

/** Keys that are a plain name here, and that Helm resolves to other values. */
function mergeKeyMistakes(values: HelmValues): KeyMistake[] {
  return visitValues(values, (_value, path) => {
    if (path.at(-1) !== '<<') return [];
    return [{ path, got: '<<', rule: 'a key of the chart', fix: 'write the values out where they belong' }];
  });
}

/** A section that the chart has inside `controlPlane`; at the top level it is ignored without an error. */
function placeMistakes(key: string, path: ValuePath): KeyMistake[] | undefined {
  if (path.length > 0 || !Object.hasOwn(OWNED_SHAPE.controlPlane as HelmValues, key)) return undefined;
  const rule = `the chart has \`${key}\` in \`controlPlane\`, and ignores it here`;
  const elsewhere = decidedElsewhere(['controlPlane', key]);
  const fix =
    elsewhere === undefined
      ? 'remove it: the contract owns what is in it, or write it there'
      : `remove it, and write \`${elsewhere}\``;
  return [{ path: [key], got: key, rule, fix }];
}

/** Keys that look like an owned one, but that Helm ignores or reads as something else. */
function spellingMistakes(key: string, owned: readonly string[], path: ValuePath): KeyMistake[] {
  const place = { path: [...path, key], got: key };
  const [first = ''] = key.split(/[.[]/);
  if (first !== key && (owned.includes(first) || (path.length === 0 && isChartKey(first)))) {
    const rule = 'one key a level: Helm does not read dots in a file of values as it does after `--set`';
    return [{ ...place, rule, fix: 'write the part behind the dot on a line below it, indented' }];
  }
  const meant = owned.find((candidate) => letters(candidate) === letters(key));
  if (meant === undefined) return [];
  return [{ ...place, rule: `the chart spells this key ${meant}, and ignores others`, fix: `write ${meant}` }];
}

function letters(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function ownedItemMistakes(given: readonly HelmValue[], owned: readonly HelmValue[], path: ValuePath): KeyMistake[] {
  const ofKeys = variablesOfKeys(newestVersion());
  const names = new Set(owned.map(itemName).filter((name) => name !== undefined && !Object.hasOwn(ofKeys, name)));
  return given.flatMap((item, index) => {
    const name = itemName(item)?.trim();
    if (name === undefined || !names.has(name)) return [];
    const rule = `the contract owns the item named ${name}`;
    return [{ path: [...path, index], got: name, rule, fix: 'remove the item, or give it another name' }];
  });
}
