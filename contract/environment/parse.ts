import { closest } from 'fastest-levenshtein';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ContractError, type Mistake } from '../error';
import type { HelmValues } from '../product/helm-values';
import { credentialMistakes } from '../product/release-credentials';
import { releaseValueMistakes } from '../product/release-values';
import { existingDatabaseMistakes } from './database/existing-rules';
import { formMistakes } from './database/form';
import { type Environment, environmentSchema } from './environment';
import { FIELD_RULES, type FieldRule } from './field';

type Path = readonly PropertyKey[];

const MAXIMUM_SHOWN = 80;
const NOT_SHOWN = '(not shown, because it may be a credential)';

/** An environment, or everything that is wrong with its file. */
export type ParsedEnvironment = { readonly environment: Environment } | { readonly mistakes: readonly Mistake[] };

/**
 * Reads the text of one environment file.
 *
 * @param file Path as the user knows it, for messages.
 * @param text YAML 1.2.
 */
export function parseEnvironment(file: string, text: string): ParsedEnvironment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0) return { mistakes: document.errors.map((error) => yamlMistake(file, lines, error)) };
  const content = resolveAliases(document);
  if (content instanceof ReferenceError) return { mistakes: [brokenAlias(file, content)] };
  if (content === null || content === undefined) return { mistakes: [emptyFile(file)] };

  const place = (path: Path): Pick<Mistake, 'file' | 'path'> => ({
    file: `${file}${position(document, lines, path)}`,
    path: path.length === 0 ? undefined : pathText(path),
  });
  const result = environmentSchema.safeParse(content, { reportInput: true });
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => issueMistakes(issue, content, place));
  mistakes.push(...valueMistakes(content, place), ...writtenMistakes(content, place));
  return result.success && mistakes.length === 0 ? { environment: result.data } : { mistakes };
}

/** Throws one error with everything that is wrong with any of the files. */
export function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new ContractError(mistakes);
}

function valueMistakes(content: unknown, place: (path: Path) => Pick<Mistake, 'file' | 'path'>): Mistake[] {
  const values = valuesAt(content, ['release', 'values']);
  const annotations = valuesAt(content, ['release', 'ingress', 'annotations']);
  const mistakes = [
    ...releaseValueMistakes(values).map((mistake) => ({ ...mistake, path: ['values', ...mistake.path] })),
    ...credentialMistakes(annotations, ['ingress', 'annotations']),
  ];
  return mistakes.map(({ path, ...mistake }) => ({ ...place(['release', ...path]), ...mistake }));
}

function valuesAt(content: unknown, path: Path): HelmValues {
  const parsed = z.record(z.string(), z.unknown()).safeParse(valueAt(content, path));
  return parsed.success ? (parsed.data as HelmValues) : {};
}

function writtenMistakes(content: unknown, place: (path: Path) => Pick<Mistake, 'file' | 'path'>): Mistake[] {
  return [...formMistakes(content), ...existingDatabaseMistakes(content)].map(({ path, ...mistake }) => ({
    ...place(path),
    got: found(content, path),
    ...mistake,
  }));
}

function issueMistakes(
  issue: z.core.$ZodIssue,
  content: unknown,
  place: (path: Path) => Pick<Mistake, 'file' | 'path'>,
): Mistake[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => ({ ...place([...issue.path, key]), got: key, ...unknownKey(key, known) }));
  }
  const { rule, fix, confidential } = ruleAt(issue.path);
  const own: Partial<FieldRule> = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const got = confidential && valueAt(content, issue.path) !== undefined ? NOT_SHOWN : found(content, issue.path);
  return [{ ...place(issue.path), got, rule: own.rule ?? rule, fix: own.fix ?? fix }];
}

function unknownKey(key: string, known: readonly string[]): Pick<Mistake, 'rule' | 'fix'> {
  return {
    rule: `the keys here are ${known.join(', ')}`,
    fix: `write ${closest(key, known)}, or remove the key`,
  };
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
  return {
    description: '',
    rule: 'a value of the kind that the schema describes',
    fix: 'compare with environments/example.yaml',
  };
}

function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = environmentSchema;
  for (const key of path) {
    const container: z.core.$ZodType | undefined = unwrap(schema);
    if (container instanceof z.ZodObject) schema = container.shape[String(key)];
    else if (container instanceof z.ZodArray) schema = container.element;
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
  const text = (JSON.stringify(value) ?? String(value)).replace(/:\/\/[^\s/@]*@/g, '://***@');
  return text.length > MAXIMUM_SHOWN ? `${text.slice(0, MAXIMUM_SHOWN)}…` : text;
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

/** Aliases are only followed when the document becomes plain values; one without its anchor is an error that late. */
function resolveAliases(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function brokenAlias(file: string, { message }: ReferenceError): Mistake {
  const rule = 'every alias (`*name`) refers to an anchor (`&name`) before it';
  return { file, got: message, rule, fix: 'write the value itself; in quotes, if it begins with *' };
}

function yamlMistake(file: string, lines: LineCounter, error: YAMLParseError): Mistake {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    file: `${file}:${line}:${col}`,
    got: error.code === 'MULTIPLE_DOCS' ? 'more than one document, divided by ---' : error.message,
    rule: 'an environment file is YAML',
    fix: 'look at the line above it too: indentation, a missing quote or a key that stands twice',
  };
}

function emptyFile(file: string): Mistake {
  return {
    file,
    got: 'an empty file',
    rule: 'an environment file describes one environment',
    fix: 'copy environments/example.yaml, or delete the file',
  };
}
