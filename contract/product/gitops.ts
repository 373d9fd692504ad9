import { CHART_NAME } from './chart';
import { writerStopsUpTo } from './facts';
import type { HelmValues } from './helm-values';

/** What Argo CD and Flux need to know to install the control plane. None of it is secret. */
export interface GitOpsSettings {
  /** Name of their objects. */
  readonly name: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /** Where the chart is pulled from: `oci://` or `https://`. */
  readonly chartRepository: string;
  /** Version of the chart. */
  readonly chartVersion: string;
  /** All values of the release. */
  readonly values: HelmValues;
  /** Whether the load decides how many API pods run. */
  readonly autoscaled: boolean;
}

const KEPT_REVISIONS = 10;
/** A pull of the images on a new node, and the start of every pod. */
const TIMEOUT = '15m';
const OCI = 'oci://';

/**
 * Application of Argo CD in the cluster that it runs in.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
 */
export function argoApplication(settings: GitOpsSettings): object {
  const { name, namespace, chartRepository, chartVersion, values } = settings;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: {
        // A registry is named without its scheme.
        repoURL: chartRepository.startsWith(OCI) ? chartRepository.slice(OCI.length) : chartRepository,
        chart: CHART_NAME,
        targetRevision: chartVersion,
        helm: { releaseName: CHART_NAME, valuesObject: values },
      },
      revisionHistoryLimit: KEPT_REVISIONS,
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['CreateNamespace=false', 'RespectIgnoreDifferences=true', 'ServerSideApply=true'],
        retry: { limit: 5, backoff: { duration: '30s', factor: 2, maxDuration: '10m' } },
      },
      ...ignoredDifferences(settings),
    },
  };
}

/** The chart writes a number of pods although the load decides, and to set it back would fight the autoscaler. */
function ignoredDifferences({ autoscaled, values }: GitOpsSettings): object {
  if (!autoscaled) return {};
  const api = { group: 'apps', kind: 'Deployment', name: `${values.nameOverride}-api` };
  return { ignoreDifferences: [{ ...api, jsonPointers: ['/spec/replicas'] }] };
}

/**
 * HelmRelease of Flux, and where it pulls the chart from.
 *
 * @see https://fluxcd.io/flux/components/helm/helmreleases/
 */
export function fluxObjects(settings: GitOpsSettings): readonly object[] {
  const { namespace, values, chartVersion } = settings;
  const remediation = { retries: 3, remediateLastFailure: true };
  const takenBack = writerStopsUpTo(chartVersion).length === 0;
  const release = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: fluxMetadata(settings),
    spec: {
      interval: '10m',
      timeout: TIMEOUT,
      releaseName: CHART_NAME,
      targetNamespace: namespace,
      storageNamespace: namespace,
      ...fluxChart(settings),
      maxHistory: KEPT_REVISIONS,
      install: { createNamespace: false, remediation },
      // The version before may not work with what the migrations have left: then nothing goes back by itself.
      upgrade: takenBack
        ? { cleanupOnFail: true, remediation: { ...remediation, strategy: 'rollback' } }
        : { cleanupOnFail: false, remediation: { retries: 0, remediateLastFailure: false } },
      values,
    },
  };
  return [fluxSource(settings), release];
}

/** Otherwise a Kustomization that substitutes variables would do so in the values. */
function fluxMetadata({ name, namespace }: GitOpsSettings) {
  return { name, namespace, annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } };
}

function fluxSource(settings: GitOpsSettings): object {
  const { chartRepository, chartVersion } = settings;
  const source = { apiVersion: 'source.toolkit.fluxcd.io/v1', metadata: fluxMetadata(settings) };
  if (!chartRepository.startsWith(OCI)) {
    return { ...source, kind: 'HelmRepository', spec: { interval: '1h', url: chartRepository } };
  }
  return {
    ...source,
    kind: 'OCIRepository',
    spec: {
      interval: '1h',
      url: `${chartRepository}/${CHART_NAME}`,
      ref: { tag: chartVersion },
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    },
  };
}

function fluxChart({ name, chartRepository, chartVersion }: GitOpsSettings): object {
  if (chartRepository.startsWith(OCI)) return { chartRef: { kind: 'OCIRepository', name } };
  const sourceRef = { kind: 'HelmRepository', name };
  return { chart: { spec: { chart: CHART_NAME, version: chartVersion, sourceRef } } };
}
