import { stringify } from 'yaml';
import type { Authentication } from '../../../contract/environment/authentication';
import type { PoolSettings } from '../../../contract/postgres/connection-budget';
import type { IngressSettings } from '../../../contract/product/chart';
import { type ChartVersion, type DatabaseProvider, DEFAULT_VALUES, ownedValues } from '../../../contract/product/chart';
import { type HelmValues, mergeValues } from '../../../contract/product/helm-values';
import type { ImageSource } from '../../../contract/product/images';
import type { TrustBundle } from '../pods/trust-bundle';
import type { SyncedSecrets } from '../secrets/synced-secrets';

/** What the values of the chart follow from. */
export interface ControlPlaneValuesProps {
  /** Name of the environment; the names of the chart's objects follow from it. */
  readonly environmentName: string;
  /** Secrets that the values name. */
  readonly secrets: SyncedSecrets;
  /** Certificate authorities of the database server, which the API trusts. */
  readonly trustBundle: TrustBundle;
  /** Where the database runs, as the product shows it. */
  readonly databaseProvider: DatabaseProvider;
  /** Version of the chart, which decides what values it knows. */
  readonly chartVersion: ChartVersion;
  /** API pods, and the connections that each may open. */
  readonly pool: PoolSettings;
  /** Issuer that the authenticating proxy in front of the API states; undefined where there is none. */
  readonly trustedProxyIssuer?: string;
  /** The other ways of the API to authenticate. */
  readonly authentication?: Authentication;
  /**
   * How the control plane is reached from outside of the cluster.
   * @default - not by an Ingress of the chart
   */
  readonly ingress?: IngressSettings;
  /**
   * Where the images come from.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
  /** More values for the chart, without any that the contract owns. */
  readonly values: HelmValues;
}

/** All values of a release: the defaults, the user's over them, and the contract's over both. No part of it is secret. */
export function controlPlaneValues(props: ControlPlaneValuesProps): HelmValues {
  const { app, maintenance, admin } = props.secrets.identities;
  const owned = ownedValues({
    ...props.pool,
    environmentName: props.environmentName,
    databaseProvider: props.databaseProvider,
    chartVersion: props.chartVersion,
    trustedProxyIssuer: props.trustedProxyIssuer,
    authentication: props.authentication,
    authenticationSecretName: props.secrets.authentication?.secretName,
    ingress: props.ingress,
    images: props.images ?? {},
    appSecretName: app.secretName,
    maintenanceSecretName: maintenance.secretName,
    adminSecretName: admin.secretName,
    controlPlaneSecretName: props.secrets.controlPlane.secretName,
    trustBundleName: props.trustBundle.configMapName,
  });
  return mergeValues(DEFAULT_VALUES, props.values, owned);
}

/** The same text for the same content, in whichever order it was put together. */
export function yamlText(content: object): string {
  return stringify(content, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 });
}
