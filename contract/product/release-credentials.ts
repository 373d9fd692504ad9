import type { KeyMistake } from '../error';
import {
  contentOfSecret,
  documentsIn,
  encryptedKeys,
  keysOfDigest,
  looksLikeSecret,
  privateKeysOfJwk,
  publicKeysOfJwk,
  withKinds,
} from './credentials/manifests';
import { isForeignPassword, meaningOf, wordsOf } from './credentials/names';
import { isObjectName, withoutPlaceholders } from './credentials/placeholders';
import { decoded } from './credentials/randomness';
import { hasShapeOfCredential } from './credentials/shapes';
import { isCredentialText, isLogin, type TextPlace } from './credentials/texts';
import { type HelmValue, type HelmValues, isValues, itemName, textOf, type ValuePath } from './helm-values';

/** An argument whose value is the next item of the list. */
const FLAG = /^--?[A-Za-z][\w-]*$/;
/** Keys of whoever logs in. */
const LOGIN = /^(?:[a-z]*access_?key(?:_?id)?|user(?:_?name)?|login|id|client_?id|app_?id|role_?id|account)$/i;
const NUMERIC_SECRET = /(?:passwords?|passwd|pwd|passphrase|passcode|pass|pin|secret)$/i;

/** What a mistake says where nothing can refer to a Secret. */
const OF_METADATA = {
  rule: 'tags, labels and annotations are shown to whoever may list what has them, so they may not carry a credential',
  fix: 'remove it, and change the credential if it was real',
};

/** Credentials in plain text, by where they are. The mistakes never show them. */
export function credentialMistakes(value: HelmValue, path: ValuePath = []): KeyMistake[] {
  if (Array.isArray(value)) {
    const found = value.flatMap((_item, index) => itemMistakes(value, index, [...path, index]));
    return found.length === 0 && isCommand(value) ? [credentialMistake(path)] : found;
  }
  if (isValues(value)) return mapMistakes(withKinds(value), path);
  return isCredential(placeOf(path, typeof value === 'number'), value) ? [credentialMistake(path)] : [];
}

/** Credentials in tags, labels and annotations, which can refer to no Secret. */
export function metadataCredentials(value: HelmValues, path: ValuePath): KeyMistake[] {
  return credentialMistakes(value, path).map((mistake) => ({ ...mistake, ...OF_METADATA }));
}

/** A value for a message, as far as it may be shown. */
export function showValue(value: HelmValue, path: ValuePath): string {
  return credentialMistakes(value, path).length > 0 ? '(a credential, not shown)' : JSON.stringify(value);
}

function mapMistakes(value: HelmValues, path: ValuePath): KeyMistake[] {
  const secret = contentOfSecret(value);
  const pair = pairOf(value);
  const isPair = pair !== undefined && isCredential(pair.place, value[pair.key]);
  const privateKeys = privateKeysOfJwk(value);
  const judged = [...secret, ...privateKeys, ...(typeof value[pair?.key ?? ''] === 'string' ? [pair?.key] : [])];
  const skipped = [...judged, ...encryptedKeys(value), ...publicKeysOfJwk(value), ...keysOfDigest(value)];
  const isCatalogue = isTextsOfPage(value);
  const others = Object.entries(value)
    .filter(([key]) => !skipped.includes(key))
    .flatMap(([key, item]) => {
      const ofKey = keyMistakes(key, path);
      if (isCatalogue && typeof item === 'string') return [];
      if (isNameOfKey(value, key)) return [];
      if (isChosenWord(value, key)) return [credentialMistake([...path, key])];
      // The path of a mistake in the value would show the key.
      return ofKey.length > 0 ? ofKey : credentialMistakes(item, [...path, key]);
    });
  return [
    ...secret.map((key) => secretMistake([...path, key])),
    ...privateKeys.map((key) => credentialMistake([...path, key])),
    ...(isPair ? [credentialMistake([...path, pair.key])] : []),
    ...others,
  ];
}

/** An item that has its name and its value next to each other: a variable, a header, a parameter, but no toleration. */
function pairOf(value: HelmValues): { readonly key: string; readonly place: TextPlace } | undefined {
  const name =
    itemName(value) ??
    (typeof value.key === 'string' ? value.key : undefined) ??
    (typeof value.header === 'string' ? value.header : undefined) ??
    (/^(?:password|secret|token)$/i.test(textOf(value.type)) ? textOf(value.type) : undefined);
  const key = ['value', 'content', 'default', 'defaultValue'].find((candidate) => Object.hasOwn(value, candidate));
  if (name === undefined || key === undefined || Object.hasOwn(value, 'effect')) return undefined;
  return { key, place: { name, isVariable: true, isMetadata: false } };
}

/** Texts of a page by the names of its fields: all begin with a capital and consist of words, and one is what a password is called. */
function isTextsOfPage(value: HelmValues): boolean {
  const texts = Object.values(value).filter((item) => typeof item === 'string');
  const isVariables = Object.keys(value).some((key) => LOGIN.test(key) || /^[A-Z][A-Z0-9_]+$/.test(key));
  const isCalled = (text: string) =>
    isForeignPassword(text) || wordsOf(text).some((word) => meaningOf(word, false) === 'secret');
  return (
    texts.length > 1 &&
    !isVariables &&
    texts.every((text) => /^\p{Lu}\p{L}*(?:['’ -]+\p{L}+)*[?!.…:]*$/u.test(text)) &&
    texts.some(isCalled)
  );
}

/** A chosen word where no Secret is named: as `secretKey`, or next to the name of whoever logs in with it. */
function isChosenWord(value: HelmValues, key: string): boolean {
  const item = value[key];
  const others = Object.keys(value).filter((other) => other !== key);
  const isKey = /^secret_?key$/i.test(key);
  return (
    typeof item === 'string' &&
    isObjectName(item) &&
    meaningOf(key, false) === 'perhaps' &&
    (isNeutral(item) || (isKey && others.some((other) => /^access_?key$/i.test(other) && isNeutral(value[other])))) &&
    (isKey || others.some((other) => LOGIN.test(other) && typeof value[other] === 'string')) &&
    !others.some((other) => /ref(?:erence)?$|existing|secret/i.test(other) || (isKey && other === 'name'))
  );
}

/** Whether a text has no word for a secret, as the name of a key in a Secret would have; `supersecret` is no such name. */
function isNeutral(text: HelmValue | undefined): boolean {
  return (
    typeof text === 'string' &&
    wordsOf(text).every((word) => meaningOf(word, false) === 'neutral' || /^[a-z]{3,}secret$/.test(word))
  );
}

/** An access key that is a name, next to the secret that goes with it, or to the Secret that holds that. */
function isNameOfKey(value: HelmValues, key: string): boolean {
  const item = value[key];
  return (
    /^access_?key$/i.test(key) &&
    typeof item === 'string' &&
    /^[a-z]+(?:-[a-z]+)*$/.test(item) &&
    Object.keys(value).some((other) => /secret/i.test(other))
  );
}

/** A token may be the key of a map: of users by token. */
function keyMistakes(key: string, path: ValuePath): KeyMistake[] {
  const name = meaningOf(String(path.at(-1) ?? ''), false) === 'secret' ? '' : 'known name';
  return key.length >= 20 && isCredentialText(key, { name, isVariable: false, isMetadata: name !== '' })
    ? [credentialMistake([...path, '(a key)'])]
    : [];
}

function itemMistakes(items: readonly HelmValue[], index: number, path: ValuePath): KeyMistake[] {
  const [flag, item] = [items[index - 1], items[index] ?? null];
  if (typeof flag !== 'string' || typeof item !== 'string' || !FLAG.test(flag) || item.startsWith('-'))
    return credentialMistakes(item, path);
  const found =
    (/^(?:-u|--user)$/.test(flag) && isLogin(item, 'user')) ||
    isCredential({ name: flag, isVariable: meaningOf(flag, false) === 'secret', isMetadata: false }, item);
  return found ? [credentialMistake(path)] : [];
}

/** A command whose options hold a credential: each of its words alone looks harmless. */
function isCommand(items: readonly HelmValue[]): boolean {
  const words = items.filter((item) => typeof item === 'string');
  return (
    words.length > 1 &&
    words.length === items.length &&
    (hasPasswordOption(words) || hasShapeOfCredential(withoutPlaceholders(words.join(' ')).text))
  );
}

/** `-p` of a command that also takes a user: no port, and no path. */
function hasPasswordOption(words: readonly string[]): boolean {
  const value = words[words.indexOf('-p') + 1] ?? '';
  return (
    words.includes('-p') &&
    words.some((word) => /^(?:-u|-U|--user(?:name)?)(?:=|$)/.test(word)) &&
    /^(?=.*[a-z])[^\s$/:.-][^\s$/:]{3,}$/i.test(value)
  );
}

/** The name and the kind of place that a path leads to. */
function placeOf(path: ValuePath, isNumber: boolean): TextPlace {
  const names = path.filter((part) => typeof part === 'string');
  // `client.secret` is a client's secret, and `tls.secret` the name of one.
  const last = names.at(-1) ?? '';
  const name = isNumber ? last : nameWithin(String(names.at(-2) ?? ''), last, typeof path.at(-2) === 'number');
  const isMetadata = names.slice(0, -1).some((part) => isMetadataKey(part) || /selector$/i.test(part));
  const isVariable =
    /^[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+$/.test(name) || (/^[A-Z][A-Z0-9]+$/.test(name) && isOfVariables(names));
  return { name: isMetadata ? metadataName(name) : name.replace(/\.txt$/, ''), isVariable, isMetadata };
}

/** Whether what is above a name holds environment variables: `env`, `extraEnv`, `envVars`. */
function isOfVariables(names: readonly string[]): boolean {
  return /(?:^|_|[a-z](?=E))env(?:ironment|vars?)?$/i.test(names.at(-2) ?? '');
}

/** A name with as much of that above it as says what it is: `client.secret`, and `passwords.alice`. */
function nameWithin(outer: string, name: string, isItem: boolean): string {
  // The keys of an existing Secret, by what they are for.
  if (/^existing_?secret(?:_?keys?)?$/i.test(outer)) return `existing secret ${name}`;
  if (/^(?:secret|key|url|uri)$/i.test(name) && outer !== '') return `${outer} ${name}`;
  if (/^(?:inline|plain_?text|literal|raw)$/i.test(name))
    return meaningOf(outer, false) === 'perhaps' ? `${outer} password` : outer;
  if (/^value$/i.test(name)) return outer === 'secret' ? 'secret password' : outer;
  if (/^(?:secrets|credentials|creds)$/i.test(outer) && /^[A-Z][A-Z0-9_]*$/.test(name)) return `${name} password`;
  if (/^(?:feature_?)?(?:flags|features|toggles)$/i.test(outer)) return `feature ${name}`;
  if (!isItem && /^(?:string_?data|secret_?(?:env|data|values|vars)(?:vars)?)$/i.test(outer)) return `${name} password`;
  const isOfOuter = /(?:password|passphrase|token|api_?key)s$/i.test(outer) && !/^(?:header|in|param)$/.test(name);
  return isOfOuter && meaningOf(name, false) === 'neutral' ? outer : name;
}

function isMetadataKey(part: string | number): boolean {
  return /(?:annotations|labels)$/i.test(String(part));
}

/** The part behind the domain of whoever reads an annotation, unless the whole is a checksum of something. */
function metadataName(name: string): string {
  return /^(?:checksum|hash)\b/.test(name) ? 'checksum' : name.slice(name.lastIndexOf('/') + 1);
}

function isCredential(place: TextPlace, value: HelmValue | undefined): boolean {
  if (typeof value === 'number') return NUMERIC_SECRET.test(place.name);
  if (typeof value !== 'string' || value === '') return false;
  if (looksLikeSecret(value)) return true;
  const encoded = documentsIn(decoded(value) ?? '');
  // Parts of a token: what they are called says less than what the whole is.
  if (encoded.length > 0 && meaningOf(place.name, place.isVariable) === 'secret') return true;
  const documents = [...documentsIn(value), ...encoded];
  if (documents.length > 0) return documents.some((content) => credentialMistakes(content).length > 0);
  return isCredentialText(value, place);
}

function credentialMistake(path: ValuePath): KeyMistake {
  const mistake = {
    path,
    got: '(a credential, not shown)',
    rule: 'values are stored in the Terraform state and in the cluster, so they may not carry a credential',
    fix: 'put it into a Secret and refer to that by name, with `valueFrom.secretKeyRef` or `envFrom`',
  };
  return path.slice(0, -1).some((part) => isMetadataKey(part)) ? { ...mistake, ...OF_METADATA } : mistake;
}

function secretMistake(path: ValuePath): KeyMistake {
  return {
    path,
    got: '(the content of a Secret, not shown)',
    rule: 'values are stored in the Terraform state and in the cluster, so they may not carry a Secret with its content',
    fix: 'create the Secret outside of this file, or write an ExternalSecret or a SealedSecret here',
  };
}
