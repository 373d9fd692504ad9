import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import {
  CHART_NAME,
  CHART_REPOSITORY,
  type ChartVersion,
  DEFAULT_VALUES,
  type HelmValues,
  ownedValues,
} from '../../contract/chart';
import type { PoolSettings } from '../../contract/connection-budget';
import { mergeValues } from '../../contract/release-values';
import { terraformLiteral } from '../terraform-literal';
import type { ControlPlaneNamespace } from './control-plane-namespace';
import type { MigrationJob } from './migration-job';
import type { SyncedSecrets } from './synced-secrets';
import type { TrustBundle } from './trust-bundle';

/** A pull of the images on a new node, and the start of every pod. */
const TIMEOUT_SECONDS = 15 * 60;
/** Each revision is a Secret in the namespace. */
const KEPT_REVISIONS = 10;

/** Settings of the release. */
export interface ControlPlaneReleaseProps {
  /** Namespace of the release. */
  readonly namespace: ControlPlaneNamespace;
  /** Secrets that the pods get their connections and keys from. */
  readonly secrets: SyncedSecrets;
  /** Whom the pods trust to be the database. */
  readonly trustBundle: TrustBundle;
  /** Job that has to have succeeded before the release begins. */
  readonly migrations: MigrationJob;
  /** Version of the chart and of its images. */
  readonly chartVersion: ChartVersion;
  /** Connections that each API pod keeps open and may open. */
  readonly pool: PoolSettings;
  /** Issuer that the authenticating proxy in front of the API states. */
  readonly trustedProxyIssuer: string;
  /** More values for the chart, without any that the contract owns. */
  readonly values: HelmValues;
}

/**
 * The control plane. A release that does not become ready is taken back; the migrations stay.
 *
 * @see https://helm.sh/docs/helm/helm_upgrade/
 */
export class ControlPlaneRelease extends Construct {
  constructor(scope: Construct, id: string, props: ControlPlaneReleaseProps) {
    super(scope, id);
    const { namespace, secrets, trustBundle, migrations } = props;
    new Release(this, 'release', {
      name: CHART_NAME,
      namespace: namespace.name,
      createNamespace: false,
      repository: CHART_REPOSITORY,
      chart: CHART_NAME,
      version: props.chartVersion,
      values: [terraformLiteral(this.values(props))],
      wait: true,
      atomic: true,
      cleanupOnFail: true,
      timeout: TIMEOUT_SECONDS,
      maxHistory: KEPT_REVISIONS,
      dependsOn: [...secrets.ready, ...trustBundle.ready, ...migrations.ready],
    });
  }

  private values({ secrets, trustBundle, pool, trustedProxyIssuer, values }: ControlPlaneReleaseProps): string {
    const { app, maintenance, admin } = secrets.identities;
    const owned = ownedValues({
      ...pool,
      trustedProxyIssuer,
      appSecretName: app.secretName,
      maintenanceSecretName: maintenance.secretName,
      adminSecretName: admin.secretName,
      controlPlaneSecretName: secrets.controlPlane.secretName,
      trustBundleName: trustBundle.configMapName,
    });
    const merged = mergeValues(DEFAULT_VALUES, values, owned);
    return stringify(merged, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 });
  }
}
