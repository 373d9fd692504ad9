import { AWS_REGION, partitionOf } from '../aws/arn';
import { REGIONS } from '../aws/regions';
import type { KeyMistake } from '../error';
import { nearest } from './review/suggestions';

/** A rule that no single key can check: between keys, or about what the user wrote instead of a default. */
export interface Rule {
  /** The key that is reported, with dots. */
  readonly path: string;
  /** The rule in the user's words if the file breaks it. Keys that are missing read as undefined. */
  readonly broken: (file: FileViews) => string | undefined;
  /** What to write instead. */
  readonly fix: string | ((file: FileViews) => string);
}

/** The two ways to read an environment file. Any key in them may be wrong by itself. */
export interface FileViews {
  /** The keys that the user wrote. */
  readonly written: Keys;
  /** The same with every default. */
  readonly whole: Keys;
}

/** The rules that a file breaks. */
export function brokenRules(rules: readonly Rule[], file: FileViews): KeyMistake[] {
  return rules.flatMap(({ path, broken, fix }) => {
    const rule = broken(file);
    if (rule === undefined) return [];
    return [{ path: path.split('.'), rule, fix: typeof fix === 'string' ? fix : fix(file) }];
  });
}

/** The keys of a file of which any may be wrong or missing. */
export class Keys {
  /**
   * @param wrong Paths of values that are wrong by themselves. A number among them is none that others are compared with.
   */
  constructor(
    private readonly content: unknown,
    private readonly wrong: ReadonlySet<string> = new Set(),
  ) {}

  /** The number at a path, if there is one. */
  number(path: string): number | undefined {
    const value = this.at(path);
    return typeof value === 'number' && !this.wrong.has(path) ? value : undefined;
  }

  /** The text at a path, if there is one. */
  text(path: string): string | undefined {
    const value = this.at(path);
    return typeof value === 'string' ? value : undefined;
  }

  /** Whether there is anything at a path. */
  given(path: string): boolean {
    return this.at(path) !== undefined;
  }

  /** Whether the value at a path is a section with keys. */
  isSection(path: string): boolean {
    return typeof this.at(path) === 'object';
  }

  /** The texts in a list. */
  list(path: string): readonly string[] {
    const value = this.at(path);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** Whatever is at a path. */
  at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], this.content);
  }
}

/** Whether one is less than the other; not while one of them is missing. */
export function below(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one < other;
}

/** Whether one is no more than the other; not while one of them is missing. */
export function atMost(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one <= other;
}

/** A region that an ARN has to be in. */
interface RegionKey {
  /** Key that holds the region. */
  readonly path: string;
  /** Whose region it is. */
  readonly whose: string;
}

/**
 * An ARN is of the region of the environment, or of another region that the file names.
 *
 * @param arn Pattern whose first group is the region. What it does not match is another mistake.
 * @param what What the ARN names, such as `a key`.
 */
export function inRegion(
  path: string,
  arn: RegExp,
  what: string,
  fix: string,
  key: RegionKey = { path: 'region', whose: 'the environment' },
): Rule {
  return {
    path,
    broken: ({ whole }) => {
      const [found, region] = [arn.exec(whole.text(path) ?? '')?.[1], whole.text(key.path)];
      if (found === undefined || region === undefined || found === region) return undefined;
      // A region that is none says nothing about the ARN.
      if (!isKnownRegion(whole, key.path)) return undefined;
      return `${what} in ${region}, the region of ${key.whose}`;
    },
    fix: `${fix}; or correct \`${key.path}\``,
  };
}

/** An ARN, or every one of a list, is of the partition of the region. */
export function inPartition(path: string): Rule {
  const expected = ({ whole }: FileViews) => `arn:${partitionOf(whole.text('region') ?? '')}:`;
  return {
    path,
    broken: (file) => {
      const { whole } = file;
      if (whole.text('region') === undefined) return undefined;
      const arns = [whole.text(path), ...whole.list(path)].filter((arn) => arn?.startsWith('arn:'));
      const elsewhere = arns.some((arn) => !arn?.startsWith(expected(file)));
      return elsewhere ? `in the partition of the region: beginning with \`${expected(file)}\`` : undefined;
    },
    fix: (file) => `write \`${expected(file)}\` instead of the other partition in the ARN`,
  };
}

function isKnownRegion(whole: Keys, path: string): boolean {
  const region = whole.text(path) ?? '';
  // AWS publishes no list of the regions of these partitions.
  const isUnlisted = /^(?:aws-iso|aws-eusc)/.test(partitionOf(region)) || whole.given('database.caBundleFile');
  return REGIONS.includes(region) || (AWS_REGION.test(region) && isUnlisted);
}

/**
 * A region is one that is known here. One that is newer than this list is accepted with a bundle of certificates, which it
 * needs in any case.
 */
export function knownRegion(path: string): Rule {
  return {
    path,
    broken: ({ whole }) =>
      isKnownRegion(whole, path) || !AWS_REGION.test(whole.text(path) ?? '')
        ? undefined
        : 'a region of AWS that is known here',
    fix: ({ whole }) => {
      const near = nearest(whole.text(path) ?? '', REGIONS);
      const newer = 'for a region that is newer than this list, name its certificates in `database.caBundleFile`';
      return near === undefined
        ? `write the code of a region, such as \`eu-west-1\`; ${newer}`
        : `did you mean ${near}? Otherwise, ${newer}`;
    },
  };
}
