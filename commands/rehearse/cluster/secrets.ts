import { randomBytes } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { ADMIN_LOGIN, DATABASE_NAME, DATABASE_PORT } from '../../../contract/names';
import { encodeUserInfo } from '../../../contract/postgres/connection-url';
import { loginOfGeneration, RUNTIME_IDENTITIES } from '../../../contract/postgres/identities';
import type { KubernetesObject } from '../../shared/cluster/kubernetes-objects';

/** Where the server of the rehearsal is. */
export interface ServerEndpoint {
  readonly host: string;
  readonly bucket: string;
}

const KEY_ARN = 'arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-0000-0000-000000000000';
const ROLE_ARN = 'arn:aws:iam::000000000000:role/rehearsal';
const KEY_NAMES = /^[A-Z0-9_]+_(?:KEY|SECRET)$/;

/** The secrets of a rehearsal, generated when they are first asked for and in memory only. */
export class RehearsalSecrets {
  private readonly generated = new Map<string, string>();

  constructor(private readonly endpoint: ServerEndpoint) {}

  /** Password of a login, or another secret text that is 32 characters long. */
  password(name: string): string {
    const known = this.generated.get(name) ?? randomBytes(24).toString('base64url');
    this.generated.set(name, known);
    return known;
  }

  /**
   * Value of an output of the database stack.
   *
   * @param generation Generation of the passwords.
   */
  output(name: string, generation: number): string {
    if (name.endsWith('address')) return this.endpoint.host;
    if (name.startsWith('aws_s3_bucket')) return this.endpoint.bucket;
    if (name.startsWith('aws_kms_key')) return KEY_ARN;
    if (name.startsWith('aws_iam_role')) return ROLE_ARN;
    if (name.includes('master_user_secret')) return 'admin';
    const [, secret, attribute] =
      /^aws_secretsmanager_secret(?:_version)?secret-([a-z-]+)_(?:credentials|keys)_\w+_[0-9A-F]{8}(arn|version_id)$/.exec(
        name,
      ) ?? [];
    if (secret === undefined) throw new Error(`the database stack has an output that is not known here: ${name}`);
    return attribute === 'arn' ? secret : `g${generation}`;
  }

  /** The Secrets that the file of the delivery `existing` asks for, with values. */
  manifests(text: string): KubernetesObject[] {
    return parseAllDocuments(text).map((document) => {
      const secret = document.toJS() as KubernetesObject & { stringData: Record<string, readonly [string]> };
      const [, generation = ''] = /-g(\d+)$/.exec(secret.metadata.name ?? '') ?? [];
      const entries = Object.entries(secret.stringData).map(([key, [wanted]]) => [
        key,
        this.value(key, wanted, generation),
      ]);
      return { ...secret, stringData: Object.fromEntries(entries) };
    });
  }

  /** The same store with the operator's provider `fake`, which holds what the ExternalSecrets of all generations read. */
  fakeStore(store: KubernetesObject, externalSecrets: readonly KubernetesObject[]): KubernetesObject {
    const data = new Map<string, object>();
    for (const { spec } of externalSecrets) {
      for (const { remoteRef } of spec.data) {
        const { key, version = '' } = remoteRef;
        data.set(`${key} ${version}`, {
          key,
          version,
          value: JSON.stringify(this.properties(key, version, externalSecrets)),
        });
      }
    }
    return { ...store, spec: { provider: { fake: { data: [...data.values()] } } } };
  }

  private properties(
    key: string,
    version: string,
    externalSecrets: readonly KubernetesObject[],
  ): Record<string, string> {
    if (key === 'admin') return { username: ADMIN_LOGIN, password: this.password(ADMIN_LOGIN) };
    const identity = RUNTIME_IDENTITIES.find(({ name }) => name === key);
    if (identity !== undefined) {
      const generation = Number(/g(\d+)$/.exec(version)?.[1]);
      const username = loginOfGeneration(identity, generation);
      return { username, password: this.password(`${username} ${generation}`) };
    }
    const refs = externalSecrets.flatMap(({ spec }) => spec.data).filter(({ remoteRef }) => remoteRef.key === key);
    return Object.fromEntries(refs.map(({ remoteRef: { property } }) => [property, this.key(property)]));
  }

  private value(key: string, wanted: string, generation: string): string {
    const [, user] = /^<postgresql:\/\/([a-z_]+):<percent-encoded password>@/.exec(wanted) ?? [];
    if (user === undefined) return this.key(key);
    return wanted
      .replace(/^<|>$/g, '')
      .replace('<percent-encoded password>', encodeUserInfo(this.password(`${user} ${generation}`.trimEnd())))
      .replace('<output database_host>', this.endpoint.host)
      .replace('<output database_port>', String(DATABASE_PORT))
      .replace('<output database_name>', DATABASE_NAME);
  }

  /** A key that the control plane signs or encrypts with; one of them is the key of a Fernet. */
  private key(name: string): string {
    if (!KEY_NAMES.test(name)) throw new Error(`the environment asks for a secret that is not known here: ${name}`);
    const text = this.password(name);
    return name === 'AGENT_BOM_CONNECTIONS_KEY'
      ? Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      : text;
  }
}
