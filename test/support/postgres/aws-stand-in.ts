import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `aws s3 cp` does to files, with a directory for S3: the CLI and the service themselves are not ours to test. */
const SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
[[ ! -e '@/refused' ]] || { printf 'An error occurred (AccessDenied) when calling the PutObject operation\\n' >&2; exit 254; }
printf '%s\\n' "$*" >>'@/calls'
# The session of a role is kept here, by a CLI that runs in a pod.
mkdir -p "$HOME/.aws/cli/cache"
[[ $1 == s3 && $2 == cp && -n $AWS_REGION && $AWS_EC2_METADATA_DISABLED == true ]]
place() { case $1 in s3://*) printf '%s' "@/s3/\${1#s3://}" ;; *) printf '%s' "$1" ;; esac; }
from=$(place "$3") to=$(place "$4")
[[ -r $from ]] || { printf 'fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden\\n' >&2; exit 1; }
mkdir -p "$(dirname "$to")"
cp "$from" "$to"
`;

/** An executable `aws` in a directory of its own. */
export class AwsStandIn {
  /** Directory with the executable. */
  readonly executables: string;
  private readonly root = mkdtempSync(join(tmpdir(), 'aws-'));

  constructor() {
    this.executables = join(this.root, 'bin');
    mkdirSync(this.executables);
    writeFileSync(join(this.executables, 'aws'), SCRIPT.replaceAll('@', this.root), { mode: 0o755 });
  }

  /** Arguments of each call so far. */
  calls(): string[] {
    return readFileSync(join(this.root, 'calls'), 'utf8').trimEnd().split('\n');
  }

  /** Names in a folder of a bucket. */
  list(folder: string): string[] {
    return readdirSync(join(this.root, 's3', folder)).sort();
  }

  read(key: string): string {
    return this.readBytes(key).toString('utf8');
  }

  readBytes(key: string): Buffer {
    return readFileSync(join(this.root, 's3', key));
  }

  /** Lets S3 refuse whatever the work asks for. */
  async refusing<Result>(work: () => Promise<Result>): Promise<Result> {
    writeFileSync(join(this.root, 'refused'), '');
    try {
      return await work();
    } finally {
      rmSync(join(this.root, 'refused'));
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
