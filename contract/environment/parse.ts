import { closest } from 'fastest-levenshtein';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ContractError, type KeyMistake, type Mistake } from '../error';
import { type Environment, environmentFile, environmentSchema, RENAMED_KEYS } from './environment';
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
  const result = environmentSchema.safeParse(content);
  if (result.success) return { environment: result.data };
  const mistakes = result.error.issues.flatMap((issue) => issueMistakes(issue, issue.path.slice(1), content));
  return { mistakes: mistakes.map(({ path, ...mistake }) => ({ ...place(path), ...mistake })) };
}

/** Throws one error with everything that is wrong with any of the files. */
export function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw new ContractError(mistakes);
}

function issueMistakes(
  issue: z.core.$ZodIssue,
  path: Path,
  content: unknown,
): (Pick<Mistake, 'got' | 'rule' | 'fix'> & { readonly path: Path })[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], got: key, ...unknownKey(path, key) }));
  }
  const { rule, fix, confidential } = ruleAt(path);
  const own: Partial<KeyMistake> = issue.code === 'custom' ? (issue.params ?? {}) : {};
  const hidden = confidential && valueAt(content, path) !== undefined;
  const got = own.got ?? (hidden ? NOT_SHOWN : found(content, path));
  return [{ path, got, rule: own.rule ?? rule, fix: own.fix ?? fix }];
}

function unknownKey(path: Path, key: string): Pick<Mistake, 'rule' | 'fix'> {
  const before = pathText([...path, key]);
  const now = Object.hasOwn(RENAMED_KEYS, before) ? RENAMED_KEYS[before] : undefined;
  if (now !== undefined) return { rule: `\`${before}\` is now \`${now}\``, fix: 'rename the key' };
  const known = knownKeys(path);
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
  let schema: z.core.$ZodType | undefined = environmentFile;
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

/** Aliases are resolved only when the document becomes plain values: one without an anchor is an error here. */
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
    got: error.code === 'MULTIPLE_DOCS' ? 'more than one document, separated by ---' : error.message,
    rule: 'an environment file is YAML',
    fix: 'check the line above it too: indentation, a missing quote or a key that is there twice',
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
