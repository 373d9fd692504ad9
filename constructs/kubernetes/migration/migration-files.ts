import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import type { JobV1SpecTemplateSpecVolume } from '@cdktf/provider-kubernetes/lib/job-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { PROGRAM_ROOT } from '../../../program-root';
import { terraformLiteral } from '../../terraform-literal';
import { type ControlPlaneNamespace, LABELS } from '../pods/control-plane-namespace';
import { shortHash } from '../pods/jobs';

/** @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const CONFIG_MAP_LIMIT_BYTES = 1_048_576;

/** The files that the migration Job runs. */
const MIGRATIONS = join(PROGRAM_ROOT, 'migrations');
const VOLUMES = { migrations: 'contract', backup: 'backup' } as const;

/** Which files go into the cluster. */
export interface MigrationFilesProps {
  /** Namespace of the ConfigMap. */
  readonly namespace: ControlPlaneNamespace;
  /**
   * Directory whose files are taken, with those of its subdirectories: together at most 1 MiB.
   * @default - the migrations of this package
   */
  readonly directory?: string;
  /**
   * What the files are for; part of the ConfigMap's name.
   * @default 'migrations'
   */
  readonly purpose?: 'migrations' | 'backup';
}

interface MigrationFile {
  /** Path below the directory, with slashes. */
  readonly path: string;
  /** The path as a key of a ConfigMap, which knows no slashes. */
  readonly key: string;
  readonly text: string;
}

/** ConfigMap with scripts and their SQL. Its name follows from its content. */
export class MigrationFiles extends Construct {
  /** A volume in which the files are at the paths that they have in the directory. */
  readonly volume: JobV1SpecTemplateSpecVolume;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MigrationFilesProps) {
    super(scope, id);
    const { namespace, directory = MIGRATIONS, purpose = 'migrations' } = props;
    const { hash, data, items } = contentOf(directory);
    const name = `agent-bom-${purpose}-${hash}`;
    const configMap = new ConfigMapV1(this, 'files', {
      metadata: { name, namespace: namespace.name, labels: { ...LABELS } },
      immutable: true,
      data: { ...data },
      dependsOn: [...namespace.ready],
      // A CronJob may start while the last files are still the ones that it names.
      lifecycle: { createBeforeDestroy: true },
    });
    this.volume = { name: VOLUMES[purpose], configMap: { name, items: [...items] } };
    this.ready = [configMap];
  }
}

/** What the ConfigMap of a directory holds. */
interface Content {
  readonly hash: string;
  readonly data: Readonly<Record<string, string>>;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** The directories of this package, each read once: a program with many environments asks as often. */
const packaged = new Map<string, Content>();

function contentOf(directory: string): Content {
  const content = packaged.get(directory) ?? readContent(directory);
  if (directory.startsWith(PROGRAM_ROOT)) packaged.set(directory, content);
  return content;
}

function readContent(directory: string): Content {
  const files = readFiles(directory);
  validateSize(directory, files);
  return {
    hash: shortHash(JSON.stringify(files)),
    data: Object.fromEntries(files.map(({ key, text }) => [key, terraformLiteral(text)])),
    items: files.map(({ key, path }) => ({ key, path })),
  };
}

function readFiles(directory: string): MigrationFile[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => {
      const path = relative(directory, file).split(sep).join('/');
      return { path, key: path.replaceAll('/', '.'), text: readFileSync(file, 'utf8') };
    });
}

function validateSize(directory: string, files: readonly MigrationFile[]): void {
  const bytes = files.reduce((sum, { key, text }) => sum + key.length + Buffer.byteLength(text), 0);
  if (bytes <= CONFIG_MAP_LIMIT_BYTES) return;
  throw new Error(`${directory} holds ${bytes} bytes, and a ConfigMap at most ${CONFIG_MAP_LIMIT_BYTES}`);
}
