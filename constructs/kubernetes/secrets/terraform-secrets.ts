import { DataAwsSecretsmanagerSecretVersions } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-versions';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1';
import { Fn, propertyAccess, ref, TerraformLocal, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { StoredSecret } from '../../postgres-endpoint';
import { type ControlPlaneNamespace, LABELS } from '../pods/control-plane-namespace';
import { type SecretContent, type SecretDelivery, type SecretValue, SyncedSecret } from './secret-delivery';

/** Digits of a hash that become a revision, with which it stays below 2^29: a whole number everywhere. */
const REVISION_DIGITS = 7;

/**
 * Secrets that Terraform writes itself, with no operator in the cluster: read from Secrets Manager as an ephemeral value
 * and written through a write-only argument. They are as new as the last deployment.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
 */
export class TerraformSecrets implements SecretDelivery {
  constructor(private readonly namespace: ControlPlaneNamespace) {}

  /** Makes the Secret, and has Terraform write it. */
  deliver(scope: Construct, id: string, content: SecretContent): SyncedSecret {
    const secret = new WrittenSecret(scope, id, { ...content, namespace: this.namespace });
    return new SyncedSecret(content.name, secret.ready);
  }
}

interface WrittenSecretProps extends SecretContent {
  readonly namespace: ControlPlaneNamespace;
}

class WrittenSecret extends Construct {
  readonly ready: readonly SecretV1[];
  private readonly sources = new Map<string, EphemeralSecret>();
  private readonly versions: string[] = [];

  constructor(scope: Construct, id: string, { name, namespace, values, renamed }: WrittenSecretProps) {
    super(scope, id);
    const written = Object.entries(values).map(([key, value]) => [key, this.expression(value)] as const);
    const secret = new SecretV1(this, 'secret', {
      metadata: { name, namespace: namespace.name, labels: { ...LABELS } },
      dataWo: Object.fromEntries(written),
      dataWoRevision: this.revision(),
      dependsOn: [...namespace.ready],
      lifecycle: { createBeforeDestroy: renamed },
    });
    this.ready = [secret];
  }

  private expression(value: SecretValue): string {
    const properties = Fn.jsondecode(this.source(value.source).text);
    const property = (name: string): string => Token.asString(propertyAccess(properties, [name]));
    if ('property' in value) return property(value.property);
    // `urlencode` writes a space as `+`, which a URL reads as a plus sign before its query.
    return value.compose((name) => Fn.replace(Fn.urlencode(property(name)), '+', '%20'));
  }

  /** One reading of each secret, however many of its properties are used. */
  private source(stored: StoredSecret): EphemeralSecret {
    const place = `${stored.arn} ${stored.versionId ?? ''}`;
    const known = this.sources.get(place);
    if (known !== undefined) return known;
    const number = this.sources.size + 1;
    const versionId = stored.versionId ?? currentVersion(new Construct(this, `current-${number}`), stored.arn);
    const source = new EphemeralSecret(this, `source-${number}`, { arn: stored.arn, versionId });
    this.sources.set(place, source);
    this.versions.push(versionId);
    return source;
  }

  /** A number from 1 upwards that is another one whenever any of the versions is: the Secret is written then, and only then. */
  private revision(): number {
    const digits = Fn.substr(Fn.sha256(Fn.join(' ', this.versions)), 0, REVISION_DIGITS);
    // The first digit keeps it from being zero.
    return Token.asNumber(Fn.parseint(Fn.join('', ['1', digits]), 16));
  }
}

/** Which version of which secret is read. */
interface EphemeralSecretProps {
  /** ARN of the secret. */
  readonly arn: string;
  /** The version to read, which is in the state and says when the secret has to be written again. */
  readonly versionId: string;
}

/**
 * A secret in Secrets Manager, read during a run of Terraform and gone after it: in no plan and in no state. Only a
 * write-only argument may take it.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral
 */
class EphemeralSecret extends Construct {
  /** Reference to the whole text of the secret, for the inside of an expression. */
  readonly text: string;

  constructor(scope: Construct, id: string, { arn, versionId }: EphemeralSecretProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const name = stack.getLogicalId(this.node);
    // cdktf knows no ephemeral blocks, and follows no reference to another stack out of an override: so both are local.
    stack.addOverride(`ephemeral.aws_secretsmanager_secret_version.${name}`, {
      secret_id: new TerraformLocal(this, 'arn', arn).asString,
      version_id: new TerraformLocal(this, 'version', versionId).asString,
    });
    // A reference written as the text `${...}` would come out escaped and become the secret itself.
    this.text = Token.asString(ref(`ephemeral.aws_secretsmanager_secret_version.${name}.secret_string`, stack));
  }
}

/**
 * The version of a secret that is current when Terraform plans. What the versions of a secret are called and since when
 * they exist is no part of its value.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
function currentVersion(scope: Construct, secretArn: string): string {
  const versions = new DataAwsSecretsmanagerSecretVersions(scope, 'versions', { secretId: secretArn });
  const all = `data.${versions.terraformResourceType}.${versions.friendlyUniqueId}.versions`;
  const isCurrent = 'contains(version.version_stages, "AWSCURRENT")';
  const expression = `\${one([for version in ${all} : version.version_id if ${isCurrent}])}`;
  return new TerraformLocal(scope, 'id', expression).asString;
}
