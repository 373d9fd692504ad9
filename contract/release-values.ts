import { type HelmValue, type HelmValues, ownedValues, REFUSED_API_VARIABLES } from './chart';
import type { Mistake } from './error';

type Path = readonly (string | number)[];
/** A mistake in the values, before its file and its place there are known. */
export type ValueMistake = Pick<Mistake, 'got' | 'rule' | 'fix'> & { readonly path: Path };

const OWNED_SHAPE = ownedValues({
  appSecretName: '',
  maintenanceSecretName: '',
  adminSecretName: '',
  controlPlaneSecretName: '',
  trustBundleName: '',
  replicas: 0,
  poolMinimum: 0,
  poolMaximum: 0,
  trustedProxyIssuer: '',
});

const API_ENVIRONMENT_PATH = 'controlPlane.api.env';
const URL_WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const ACCESS_KEY = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/;
const SECRET_WORD =
  /(?:password|passwd|passphrase|secret|token|credential|api_?keys?|(?:hmac|signing|private|access|encryption|connections|rate_limit)_?key)$/i;
/** Values under such names are references, switches or counts, not credentials. */
const REFERENCE_NAME = /(?:name|ref|refs|file|path|arn|enabled|key_?id|provider|issuer|mode|ttl|seconds)$/i;

/** What is wrong with a user's values: keys that the contract owns, and credentials written out. */
export function releaseValueMistakes(values: HelmValues): ValueMistake[] {
  return [...ownedKeyMistakes(values, OWNED_SHAPE, []), ...refusedVariables(values), ...credentialMistakes(values, [])];
}

/** Lays the user's values over the defaults and the owned values over both; lists that the contract owns are extended. */
export function mergeValues(...layers: readonly HelmValues[]): HelmValues {
  return layers.reduce((merged, layer) => mergePair(merged, layer) as HelmValues);
}

function mergePair(under: HelmValue | undefined, over: HelmValue): HelmValue {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  if (!isValues(under) || !isValues(over)) return over;
  const merged: Record<string, HelmValue> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = mergePair(under[key], value);
  return merged;
}

function ownedKeyMistakes(given: HelmValue, owned: HelmValue, path: Path): ValueMistake[] {
  if (isValues(owned) && isValues(given)) {
    return Object.entries(given).flatMap(([key, value]) => {
      const counterpart = Object.hasOwn(owned, key) ? owned[key] : undefined;
      return counterpart === undefined ? [] : ownedKeyMistakes(value, counterpart, [...path, key]);
    });
  }
  if (Array.isArray(owned) && Array.isArray(given)) return ownedItemMistakes(given, owned, path);
  return [{ path, got: show(given), rule: 'the contract owns this value', fix: 'remove it from `release.values`' }];
}

function ownedItemMistakes(given: readonly HelmValue[], owned: readonly HelmValue[], path: Path): ValueMistake[] {
  const names = new Set(owned.map(itemName).filter((name) => name !== undefined));
  return given.flatMap((item, index) => {
    const name = itemName(item);
    if (name === undefined || !names.has(name)) return [];
    const rule = `the contract owns the item named ${name}`;
    return [{ path: [...path, index], got: name, rule, fix: 'remove the item, or give it another name' }];
  });
}

function refusedVariables(values: HelmValues): ValueMistake[] {
  const variables = at(values, API_ENVIRONMENT_PATH.split('.'));
  if (!Array.isArray(variables)) return [];
  return variables.flatMap((item, index) => {
    const name = itemName(item) ?? '';
    const reason = Object.hasOwn(REFUSED_API_VARIABLES, name) ? REFUSED_API_VARIABLES[name] : undefined;
    if (reason === undefined) return [];
    const path = [...API_ENVIRONMENT_PATH.split('.'), index];
    return [{ path, got: name, rule: `${name} may not be set: ${reason}`, fix: 'remove the item' }];
  });
}

function credentialMistakes(value: HelmValue, path: Path): ValueMistake[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => credentialMistakes(item, [...path, index]));
  if (isValues(value)) {
    const variable = itemName(value);
    if (variable !== undefined && isCredential(variable, value.value)) return [credentialMistake([...path, 'value'])];
    return Object.entries(value).flatMap(([key, item]) => credentialMistakes(item, [...path, key]));
  }
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  return isCredential(key, value) ? [credentialMistake(path)] : [];
}

function isCredential(name: string, value: HelmValue | undefined): boolean {
  if (typeof value !== 'string' || value === '') return false;
  if ([URL_WITH_PASSWORD, PRIVATE_KEY, ACCESS_KEY].some((pattern) => pattern.test(value))) return true;
  return SECRET_WORD.test(name) && !REFERENCE_NAME.test(name);
}

function credentialMistake(path: Path): ValueMistake {
  return {
    path,
    got: '(a credential, not shown)',
    rule: 'values are stored in the Terraform state and in the cluster, so they may not carry a credential',
    fix: 'put it into a Secret and refer to that by name, with `valueFrom.secretKeyRef` or `envFrom`',
  };
}

function itemName(item: HelmValue): string | undefined {
  return isValues(item) && typeof item.name === 'string' ? item.name : undefined;
}

function at(value: HelmValue | undefined, path: Path): HelmValue | undefined {
  return path.reduce<HelmValue | undefined>((inner, key) => (isValues(inner) ? inner[key] : undefined), value);
}

function isValues(value: HelmValue | undefined): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: HelmValue): string {
  return credentialMistakes(value, []).length > 0 ? '(a credential, not shown)' : JSON.stringify(value);
}
