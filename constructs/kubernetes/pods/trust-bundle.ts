import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { bundleAddress, regionAuthorities } from '../../../contract/aws/certificate-authorities';
import { ContractError } from '../../../contract/error';
import { CA_FILE_NAME } from '../../../contract/postgres/connection-url';
import { terraformLiteral } from '../../terraform-literal';
import { type ControlPlaneNamespace, LABELS } from './control-plane-namespace';
import { shortHash } from './jobs';

/** Whom the pods trust to be the database. */
export interface TrustBundleProps {
  /** Namespace of the ConfigMap. */
  readonly namespace: ControlPlaneNamespace;
  /** AWS region of the database. */
  readonly region: string;
  /**
   * PEM text with the RDS CA certificates of the region.
   * @default - the bundled ones of the region; an error if there are none
   */
  readonly caBundle?: string;
}

/**
 * ConfigMap with the CA certificates of the database server, for every pod that connects.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export class TrustBundle extends Construct {
  /** Name of the ConfigMap. */
  readonly configMapName = 'agent-bom-postgres-ca';
  /** Hash of the certificate authorities, where something has to change with them. */
  readonly contentHash: string;
  /** What has to exist before whatever uses it; for `dependsOn`. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, region, caBundle }: TrustBundleProps) {
    super(scope, id);
    const authorities = caBundle ?? this.bundled(region);
    this.contentHash = shortHash(authorities);
    const configMap = new ConfigMapV1(this, 'authorities', {
      metadata: { name: this.configMapName, namespace: namespace.name, labels: { ...LABELS } },
      data: { [CA_FILE_NAME]: terraformLiteral(authorities) },
      dependsOn: [...namespace.ready],
    });
    this.ready = [configMap];
  }

  private bundled(region: string): string {
    const authorities = regionAuthorities(region);
    if (authorities !== undefined) return authorities;
    throw new ContractError({
      path: this.node.path,
      got: `region ${region}`,
      rule: 'the certificate authorities of this region are not among the bundled ones',
      fix: `download ${bundleAddress(region)} next to the environment file and name it there as database.caBundleFile`,
    });
  }
}
