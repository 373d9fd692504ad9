import { stringify } from 'yaml';
import type { Authentication } from '../../../contract/environment/authentication';
import { RELEASE_DEFAULTS } from '../../../contract/environment/release';
import type { PodSettings } from '../../../contract/kubernetes/pod-settings';
import { controlPlaneName } from '../../../contract/names';
import type { PoolSettings } from '../../../contract/postgres/connection-budget';
import type { ApiSettings } from '../../../contract/product/api-settings';
import type { IngressSettings } from '../../../contract/product/chart';
import {
  CHART_REPOSITORY,
  type DatabaseProvider,
  DEFAULT_VALUES,
  ownedValues,
  podValues,
} from '../../../contract/product/chart';
import { argoApplication, fluxObjects } from '../../../contract/product/gitops';
import { type HelmValues, mergeValues } from '../../../contract/product/helm-values';
import type { ImageSource } from '../../../contract/product/images';
import type { TrustBundle } from '../pods/trust-bundle';
import type { SyncedSecrets } from '../secrets/synced-secrets';
import type { ReportSettings } from './report-settings';

/** What the values of the chart follow from. */
export interface ControlPlaneValuesProps {
  /** Name of the environment; the names of the chart's objects follow from it. */
  readonly environmentName: string;
  /** Secrets that the values name. */
  readonly secrets: SyncedSecrets;
  /** CA certificates of the database server, which the API trusts. */
  readonly trustBundle: TrustBundle;
  /**
   * Where the database runs, as the product shows it.
   * @default 'aws-rds'
   */
  readonly databaseProvider?: DatabaseProvider;
  /**
   * Version of the chart, which decides what values it knows.
   * @default - the newest one that is recorded
   */
  readonly chartVersion?: string;
  /**
   * API pods, and the connections that each may open.
   * @default - two pods with pools of 5 to 20 connections
   */
  readonly pool?: PoolSettings;
  /**
   * Issuer that the authenticating proxy in front of the API states.
   * @default - there is no such proxy
   */
  readonly trustedProxyIssuer?: string;
  /**
   * The other ways of the API to authenticate.
   * @default - none
   */
  readonly authentication?: Authentication;
  /**
   * How the control plane is reached from outside of the cluster.
   * @default - not by an Ingress of the chart
   */
  readonly ingress?: IngressSettings;
  /**
   * Host names, trusted proxies and cache of the API.
   * @default - those that follow from the Ingress and the memory limit
   */
  readonly api?: ApiSettings;
  /**
   * Where finished reports of the API are kept.
   * @default - in the pod that made them; with more than one pod the API refuses to make any
   */
  readonly reports?: ReportSettings;
  /**
   * Where the images come from.
   * @default - Docker Hub
   */
  readonly images?: ImageSource;
  /**
   * Where the pods of the chart run, as far as the chart has values for it. `values` may say otherwise.
   * @default - anywhere
   */
  readonly pods?: PodSettings;
  /**
   * More values for the chart, without any that the contract owns.
   * @default - none
   */
  readonly values?: HelmValues;
}

/**
 * All values of a release: the defaults and the settings of all pods, the user's over them, and the contract's over all of
 * these. No part of it is secret.
 */
export function controlPlaneValues(props: ControlPlaneValuesProps, namespace: string): HelmValues {
  const { app, maintenance, admin } = props.secrets.identities;
  const pool = poolOf(props);
  const owned = ownedValues({
    ...props.api,
    namespace,
    values: props.values,
    replicas: pool.replicas,
    autoscaling: pool.autoscaling,
    poolMinimum: pool.poolMinimum,
    poolMaximum: pool.poolMaximum,
    environmentName: props.environmentName,
    databaseProvider: props.databaseProvider ?? 'aws-rds',
    chartVersion: props.chartVersion ?? RELEASE_DEFAULTS.chartVersion,
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
    reportsConfigMapName: props.reports?.configMapName,
  });
  const pods = podValues(props.pods ?? {}, props.images ?? {});
  return mergeValues(DEFAULT_VALUES, pods, props.values ?? RELEASE_DEFAULTS.values, owned);
}

function poolOf({ pool }: ControlPlaneValuesProps): PoolSettings {
  const { replicas, poolMinimum, poolMaximum } = RELEASE_DEFAULTS;
  return pool ?? { replicas, poolMinimum, poolMaximum };
}

/** The same text for the same content, in whichever order it was put together. */
export function yamlText(content: object): string {
  return stringify(content, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Settings of the control plane that Argo CD or Flux installs. */
export interface ControlPlaneManifestsProps extends ControlPlaneValuesProps {
  /** Namespace of the control plane; it exists before. */
  readonly namespaceName: string;
  /**
   * Where the chart is pulled from: `oci://` or `https://`.
   * @default 'oci://ghcr.io/msaad00/charts'
   */
  readonly chartRepository?: string;
}

/** Texts of the files that install the control plane where Terraform does not, by name. None of them holds a secret. */
export function controlPlaneManifests(props: ControlPlaneManifestsProps): Readonly<Record<string, string>> {
  const values = controlPlaneValues(props, props.namespaceName);
  const settings = {
    name: controlPlaneName(props.environmentName),
    namespace: props.namespaceName,
    chartRepository: props.chartRepository ?? CHART_REPOSITORY,
    chartVersion: props.chartVersion ?? RELEASE_DEFAULTS.chartVersion,
    autoscaled: poolOf(props).autoscaling !== undefined,
    values,
  };
  return {
    'values.yaml': yamlText(values),
    'argocd-application.yaml': yamlText(argoApplication(settings)),
    'flux-helm-release.yaml': fluxObjects(settings).map(yamlText).join('---\n'),
  };
}
