import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Services that IAM calls by another name than the AWS CLI. */
const SERVICES: Readonly<Record<string, string>> = {
  resourcegroupstaggingapi: 'tag',
  s3api: 's3',
  'service-quotas': 'servicequotas',
};
/** Words that AWS writes in capitals. */
const CAPITALS: Readonly<Record<string, string>> = { db: 'DB', connect: 'Connect' };
/** Operations whose permission has another name. */
const RENAMED: Readonly<Record<string, string>> = {
  'iam:ListOpenIdConnectProviders': 'iam:ListOpenIDConnectProviders',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:ListObjectsV2': 's3:ListBucket',
};
/**
 * What everybody may do.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const FREE = ['sts:GetCallerIdentity'];

/** The permission that a run of the AWS CLI takes, or nothing where it takes none. @param line Its arguments. */
export function actionOf(line: string): string | undefined {
  const [service = '', operation = ''] = line.split(' ');
  if (service.startsWith('-') || service === 'configure') return undefined;
  const name = operation
    .split('-')
    .map((word) => CAPITALS[word] ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
  const action = `${SERVICES[service] ?? service}:${name}`;
  return FREE.includes(action) ? undefined : (RENAMED[action] ?? action);
}

/** The permissions of many runs, each once. */
export function actionsOf(lines: readonly string[]): string[] {
  return [...new Set(lines.flatMap((line) => actionOf(line) ?? []))].sort();
}

/** Puts an `aws` into a directory that keeps what it is asked, and has the real one answer. */
export class RecordedCli {
  private readonly log: string;

  /** @param program Path of the real AWS CLI. */
  constructor(
    readonly directory: string,
    program: string,
  ) {
    this.log = join(directory, 'asked-of-aws');
    const file = join(directory, 'aws');
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${this.log}'\nexec '${program}' "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** What was asked, a line each. */
  asked(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trim().split('\n') : [];
  }
}
