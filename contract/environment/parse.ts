import { type Document, isMap, isNode, isPair, isScalar, type LineCounter } from 'yaml';
import { z } from 'zod';
import { cronFix } from '../aws/cron';
import { ContractError, type KeyMistake, type Mistake } from '../error';
import { NOT_SHOWN } from '../product/credentials/shapes';
import { mayBeCredential } from '../product/credentials/texts';
import { isChartKey } from '../product/facts/chart-keys';
import { textOf } from '../product/helm-values';
import { type Environment, environmentFile, environmentSchema, RENAMED_KEYS } from './environment';
import { FIELD_RULES, type FieldRule, SECTION_RULE } from './field';
import {
  boundSuggestion,
  engineSuggestion,
  kindSuggestion,
  lineSuggestion,
  nearestKey,
  nearestValue,
} from './review/suggestions';
import { oddSpace, readYaml, shortened } from './review/yaml-faults';

type Path = readonly PropertyKey[];

/** An environment, or everything that is wrong with its file. */
export type ParsedEnvironment = { readonly environment: Environment } | { readonly mistakes: readonly Mistake[] };

/**
 * Reads the text of one environment file.
 *
 * @param file Path as the user knows it, for messages.
 * @param text YAML 1.2.
 */
export function parseEnvironment(file: string, text: string): ParsedEnvironment {
  const read = readYaml(file, text);
  if ('mistakes' in read) return read;
  const { document, lines, content } = read;
  if (content === null || content === undefined) return { mistakes: [emptyFile(file)] };
  const kind = kindOfObject(content);
  if (kind !== undefined) return { mistakes: [{ file, got: kind, ...NO_OBJECT }] };

  const place = (path: Path): Pick<Mistake, 'file' | 'path'> => ({
    file: `${file}${position(document, lines, path)}`,
    path: path.length === 0 ? undefined : pathText(path),
  });
  const result = environmentSchema.safeParse(content);
  if (result.success) return { environment: result.data };
  const mistakes = result.error.issues.flatMap((issue) => issueMistakes(issue, issue.path.slice(1), content, document));
  const placed = mistakes.map(({ path, ...mistake }) => ({ ...place(path), ...mistake }));
  // A value of the wrong kind breaks every rule of its key.
  const distinct = new Map(placed.map((mistake) => [JSON.stringify(mistake), mistake]));
  return { mistakes: withoutEchoes([...distinct.values()]).sort((one, other) => lineOf(one) - lineOf(other)) };
}

/** The line of a mistake; what the file lacks as a whole has none, and comes first. */
function lineOf({ file }: Mistake): number {
  return Number(/:(\d+):\d+$/.exec(file ?? '')?.[1] ?? 0);
}

/** What is left when other mistakes are fixed: what lacks in a section that has to go, and a key that is there misspelt. */
function withoutEchoes(mistakes: readonly Mistake[]): Mistake[] {
  const leftOut = mistakes.filter(({ rule }) => rule.startsWith('left out')).map(({ path }) => `${path}.`);
  const meant = mistakes.map(({ path = '', fix }) => {
    const key = /^write (\w+), or remove the key$/.exec(fix)?.[1];
    return key && path.replace(/[^.]*$/, key);
  });
  return mistakes.filter(({ path = '', got }) => {
    const isMissing = got?.startsWith('nothing') === true;
    return !isMissing || !(meant.includes(path) || leftOut.some((section) => path.startsWith(section)));
  });
}

/** Throws one error with everything that is wrong with any of the files. */
export function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new ContractError(mistakes);
}

function issueMistakes(
  issue: z.core.$ZodIssue,
  path: Path,
  content: unknown,
  document: Document,
): (Pick<Mistake, 'got' | 'rule' | 'fix'> & { readonly path: Path })[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      got: key,
      ...(oddSpace(key) ?? unknownKey(path, key, valueAt(content, path))),
    }));
  }
  if (path.length === 0) return [{ path, got: found(content, path), ...NO_KEYS }];
  const { rule, fix, confidential } = ruleAt(path);
  const own: Partial<KeyMistake> = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const value = valueAt(content, path);
  const hidden =
    value !== undefined && (confidential === true || (typeof value === 'string' && mayBeCredential(value)));
  const got = own.got ?? (hidden ? NOT_SHOWN : found(content, path));
  return [{ path, got, rule: own.rule ?? rule, fix: own.fix ?? suggestion(content, path, hidden, document) ?? fix }];
}

const NO_KEYS: Pick<Mistake, 'rule' | 'fix'> = {
  rule: 'an environment file has a key, a colon and a value on each line',
  fix: 'begin with a line such as `name: prod`, and go on as in environments/example.yaml',
};

const NO_OBJECT: Pick<Mistake, 'rule' | 'fix'> = {
  rule: 'an environment file describes one environment, and is no object of Kubernetes',
  fix: 'name the file of an environment, or keep this one in another folder',
};

function kindOfObject(content: unknown): string | undefined {
  const [version, kind] = ['apiVersion', 'kind'].map((key) => valueAt(content, [key]));
  return typeof version === 'string' && typeof kind === 'string' ? `a ${kind} of ${version}` : undefined;
}

/** What was probably meant, where that can be told from what is there. */
function suggestion(content: unknown, path: Path, hidden: boolean, document: Document): string | undefined {
  const given = valueAt(content, path);
  const schema = schemaAt(path);
  const section = `write \`${String(path.at(-1))}:\`, and its keys on lines below it, indented`;
  const keys = requiredKeys(unwrap(schema));
  if (given === undefined || given === null) {
    if (keys.length > 0) return `${section}: ${keys.join(', ')}`;
    if (given === undefined && unwrap(schema) instanceof z.ZodObject)
      return `${section}, as in environments/example.yaml`;
  }
  if (given === undefined || schema === undefined || hidden) return undefined;
  const accepts = (value: unknown) => z.safeParse(schema, value).success;
  const node = path.length === 0 ? undefined : document.getIn(path, true);
  const kind =
    kindSuggestion(given, accepts, isScalar(node) ? node.source : undefined, unitAt(path)) ??
    boundSuggestion(given, schema);
  if (kind !== undefined) return kind;
  if (path.join('.') === 'database.engine') return engineSuggestion(textOf(given));
  if (typeof given !== 'string') return undefined;
  if (path.at(-1) === 'schedule') return cronFix(given);
  const line = lineSuggestion(given, knownKeys(path));
  if (line !== undefined) return line;
  const [key] = keys;
  if (key !== undefined && ruleAt(path).rule === SECTION_RULE)
    return `${section}: ${accepts({ [key]: given }) ? `\`${key}: ${given}\`` : keys.join(', ')}`;
  const near = nearestValue(given, path, unwrap(schema));
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** The unit in the rule of a number. */
function unitAt(path: Path): string | undefined {
  return /^a whole number of (\w+)/.exec(ruleAt(path).rule)?.[1];
}

function unknownKey(path: Path, key: string, section: unknown): Pick<Mistake, 'rule' | 'fix'> {
  const before = pathText([...path, key]);
  const now = Object.hasOwn(RENAMED_KEYS, before) ? RENAMED_KEYS[before] : undefined;
  if (now !== undefined) return { rule: `\`${before}\` is now \`${now}\``, fix: 'rename the key' };
  const known = knownKeys(path);
  const sure = placeOf(key, path, valueAt(section, [key]));
  const near = sure === undefined ? nearestKey(key, known, section) : undefined;
  // The chart has keys that are spelt almost as ours.
  const place =
    sure ?? (near === undefined && isChartKey(key) && path.join('.') !== VALUES ? `\`${VALUES}\`` : undefined);
  return {
    rule: `the keys here are ${known.join(', ')}`,
    fix:
      place !== undefined
        ? `move it: it belongs to ${place}`
        : near === undefined
          ? 'remove the key, or write one of these'
          : near.isThere
            ? `remove it, or put it under the existing ${near.key}`
            : `write ${near.key}, or remove the key`,
  };
}

const VALUES = 'release.values';

/** The section that knows a key and accepts what it is given, where there is only one such. */
function placeOf(key: string, path: Path, value: unknown): string | undefined {
  const sections = knownKeys([])
    .filter((name) => name !== path[0] && knownKeys([name]).includes(key))
    .filter((name) => z.safeParse(schemaAt([name, key]) ?? z.never(), value).success);
  if (path.length > 0 && knownKeys([]).includes(key)) return 'the top level, without indentation';
  return sections.length === 1 ? `\`${sections[0]}\`` : undefined;
}

/** Keys that a section has no default for. */
function requiredKeys(schema: z.core.$ZodType | undefined): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.keys(schema.shape).filter((key) => !z.safeParse(schema.shape[key], undefined).success);
}

function knownKeys(path: Path): string[] {
  const schema = unwrap(schemaAt(path));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What the key at a path is for, what it accepts, and what to write. */
export function ruleAt(path: Path): FieldRule {
  let schema: z.core.$ZodType | undefined = schemaAt(path);
  while (schema !== undefined) {
    const rule = FIELD_RULES.get(schema);
    if (rule !== undefined) return rule;
    schema = inner(schema);
  }
  // The value of a map has the rule of the map.
  if (path.length > 1) return ruleAt(path.slice(0, -1));
  return {
    description: '',
    rule: 'a value of the kind that the schema describes',
    fix: 'compare with environments/example.yaml',
  };
}

function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = environmentFile;
  for (const [index, key] of path.entries()) {
    const container: z.core.$ZodType | undefined = unwrap(schema);
    if (container instanceof z.ZodObject) schema = container.shape[String(key)];
    else if (container instanceof z.ZodArray) schema = container.element;
    else if (container instanceof z.ZodRecord && index === path.length - 1) schema = container.valueType;
    else return schema;
  }
  return schema;
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let current = schema;
  for (let next = current && inner(current); next !== undefined; next = inner(next)) current = next;
  return current;
}

function inner(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return schema.def.innerType;
  }
  // Of several shapes that a value may have, a section is the one whose keys a path leads to.
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema instanceof z.ZodPipe ? schema.def.in : undefined;
}

function found(content: unknown, path: Path): string {
  const value = valueAt(content, path);
  return value === undefined ? 'nothing: the key is missing' : show(value);
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    content,
  );
}

function show(value: unknown): string {
  const text = (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))).replace(
    /:\/\/[^\s/@]*@/g,
    '://***@',
  );
  return shortened(text);
}

function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** `:line:column` of a key, or of the nearest section around it that exists. */
function position(document: Document, lines: LineCounter, path: Path): string {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(key))
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `:${line}:${col}`;
    }
  }
  return '';
}

function emptyFile(file: string): Mistake {
  return {
    file,
    got: 'an empty file',
    rule: 'an environment file describes one environment',
    fix: 'copy environments/example.yaml, or delete the file',
  };
}
