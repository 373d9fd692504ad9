/** A rule between two keys or more, for which each of them alone may be right. */
export interface CrossKeyRule {
  /** The key that is reported, with the dots of a message. */
  readonly path: string;
  /** The rule in the user's words if the environment breaks it. Keys that are wrong by themselves read as undefined. */
  readonly broken: (keys: Keys) => string | undefined;
  /** What to write instead. */
  readonly fix: string | ((keys: Keys) => string);
}

/** The keys of a file of which any may be wrong or missing. */
export class Keys {
  constructor(private readonly content: unknown) {}

  /** The number at a path, if there is one. */
  number(path: string): number | undefined {
    const value = this.at(path);
    return typeof value === 'number' ? value : undefined;
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

  /** Whether what is at a path has keys of its own. */
  isSection(path: string): boolean {
    return typeof this.at(path) === 'object';
  }

  /** The texts in a list. */
  list(path: string): readonly string[] {
    const value = this.at(path);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  private at(path: string): unknown {
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
