import { z } from 'zod';
import { CHART_REPOSITORY } from '../product/chart';
import { newestVersion, PRODUCT_FLOOR, VERSION_PATTERN, versionFix, versionRule } from '../product/facts';
import type { HelmValue, HelmValues } from '../product/helm-values';
import { allowedHosts, payloadCacheMib, trustedProxies } from './api/api';
import { proxyIssuer } from './authentication';
import { field, section, wholeNumber } from './field';
import { below, type Rule } from './rule';

/** Who may install the chart: Terraform, or Argo CD and Flux. */
export const RELEASE_MANAGERS = ['terraform', 'gitops'] as const;
/** One of the two. */
export type ReleaseManager = (typeof RELEASE_MANAGERS)[number];

/** What the release has where neither the file nor the props of a construct say anything else. */
export const RELEASE_DEFAULTS = {
  managedBy: 'terraform',
  chartVersion: newestVersion(),
  chartRepository: CHART_REPOSITORY,
  replicas: 2,
  poolMinimum: 5,
  poolMaximum: 20,
  autoscaling: { cpuPercent: 70 },
  ingress: { annotations: {} as Record<string, string> },
  values: {} as HelmValues,
} as const;

const HOST = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const PATH = '(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*';
/** With a dot or a port, because another first part is read as an owner on Docker Hub. */
const REGISTRY = new RegExp(`^(?:${HOST}(?:\\.${HOST})+(?::\\d{1,5})?|${HOST}:\\d{1,5})${PATH}$`);
const REPOSITORY = new RegExp(`^(?:oci|https)://${HOST}(?:\\.${HOST})*(?::\\d{1,5})?${PATH}$`);
const INGRESS_HOST = new RegExp(`^(?:\\*\\.)?${HOST}(?:\\.${HOST})+$`);
const OBJECT_NAME = new RegExp(`^${HOST}(?:\\.${HOST})*$`);

function objectName(what: string, description: string) {
  return field(
    z.string().max(253).regex(OBJECT_NAME),
    description,
    `the name of ${what}: lower-case letters, digits, hyphens and dots, at most 253 characters`,
    `write a name that \`kubectl get ${what === 'an IngressClass' ? 'ingressclass' : 'secret'}\` shows`,
  );
}

const autoscaling = section(
  'Scale the number of API pods with the load. Then `replicas` is not used, and the connection limits count the maximum.',
  {
    minimumReplicas: wholeNumber(
      1,
      50,
      'pods',
      'API pods that always run; every deployment starts with this number.',
      'write 2',
    ),
    maximumReplicas: wholeNumber(
      1,
      50,
      'pods',
      'Maximum number of API pods; at least `minimumReplicas`. Decides the connection limits of the database roles.',
      'write 6',
    ),
    cpuPercent: wholeNumber(
      10,
      100,
      'percent',
      'CPU utilization, in percent of what a pod requests, above which pods are added.',
      'write 70',
    ).default(RELEASE_DEFAULTS.autoscaling.cpuPercent),
  },
);

const ingress = section('An Ingress for the API and the user interface. Without the section there is none.', {
  host: field(
    z.string().max(253).regex(INGRESS_HOST),
    'Host name of the control plane.',
    'a host name in lower case, without a scheme, port or path',
    'write a name such as `agent-bom.example.com`',
  ),
  className: objectName(
    'an IngressClass',
    'Class of the Ingress; without it the default class of the cluster.',
  ).optional(),
  tlsSecretName: objectName('a Secret', 'Secret with the certificate, of the type `kubernetes.io/tls`.').optional(),
  annotations: field(
    z.record(z.string().min(1), z.string()),
    'Annotations for the controller of the Ingress.',
    'names and texts; numbers and true or false in quotes',
    'write `name: "value"` on lines below it, indented',
  ).default(RELEASE_DEFAULTS.ingress.annotations),
});

const images = section('Where the images of the chart and of the Jobs are pulled from.', {
  registry: field(
    z.string().max(200).regex(REGISTRY),
    'Registry, and a path in it, that hold the images under their Docker Hub names.',
    'a host with a dot or a port, and a path, in lower case, without a scheme and without a slash at the end',
    'write a registry such as `registry.example.com/docker-hub`',
  ).optional(),
  pullSecretName: objectName('a Secret', 'Secret in the namespace that the images are pulled with.').optional(),
});

const values = field(
  z.record(
    z.string(),
    z.custom<HelmValue>((value) => value !== undefined),
  ),
  'Other values for the chart. Keys that the contract owns and credentials are refused.',
  'a section with values of the chart',
  'write the chart’s values on lines below it, indented, or leave the key out',
);

/** The keys of `release`. */
export const release = section('The Helm release of the agent-bom chart.', {
  managedBy: field(
    z.enum(RELEASE_MANAGERS),
    'Who installs the chart: Terraform, or Argo CD or Flux with files that synth writes.',
    '`terraform` or `gitops`',
    'write gitops if Argo CD or Flux installs the chart, or terraform',
  ).default(RELEASE_DEFAULTS.managedBy),
  chartVersion: field(
    z.string().regex(VERSION_PATTERN),
    'Version of the chart and of its images. One without a record is accepted with a warning; docs/reference/product-versions.md lists them.',
    `a version from ${PRODUCT_FLOOR} on: three numbers, such as ${newestVersion()}`,
    versionFix(),
  ).default(RELEASE_DEFAULTS.chartVersion),
  chartRepository: field(
    z.string().max(200).regex(REPOSITORY),
    'Where the chart is pulled from; a mirror has it under the same name and version.',
    'a repository that begins with `oci://` or `https://`, without credentials and without a slash at the end',
    `write ${CHART_REPOSITORY}, or the repository of your mirror`,
  ).default(RELEASE_DEFAULTS.chartRepository),
  replicas: wholeNumber(
    1,
    50,
    'pods',
    'API pods. They share rate limits through Postgres.',
    'write 2 or more for a service without interruption',
  ).default(RELEASE_DEFAULTS.replicas),
  autoscaling: autoscaling.optional(),
  poolMinimum: wholeNumber(1, 100, 'connections', 'Connections that each API pod keeps open.', 'write 5').default(
    RELEASE_DEFAULTS.poolMinimum,
  ),
  poolMaximum: wholeNumber(
    1,
    200,
    'connections',
    'Connections that each API pod may open; at least `poolMinimum`. Decides the connection limits of the database roles.',
    'write 20',
  ).default(RELEASE_DEFAULTS.poolMaximum),
  trustedProxyIssuer: proxyIssuer(
    'Issuer that the authenticating proxy in front of the API sends. With two or more replicas the API does not start without it.',
  ).optional(),
  ingress: ingress.optional(),
  allowedHosts: allowedHosts.optional(),
  trustedProxies: trustedProxies.optional(),
  payloadCacheMib: payloadCacheMib.optional(),
  images: images.prefault({}),
  values: values.default(RELEASE_DEFAULTS.values),
});

/** Rules for the pods of the release. */
export const RELEASE_RULES: readonly Rule[] = [
  {
    path: 'release.chartVersion',
    broken: ({ whole }) => {
      const version = whole.text('release.chartVersion') ?? '';
      return VERSION_PATTERN.test(version) ? versionRule(version) : undefined;
    },
    fix: versionFix(),
  },
  {
    path: 'release.poolMaximum',
    broken: ({ whole }) =>
      below(whole.number('release.poolMaximum'), whole.number('release.poolMinimum'))
        ? 'at least `poolMinimum`'
        : undefined,
    fix: ({ whole }) => `write ${whole.number('release.poolMinimum')} or more, or lower \`poolMinimum\``,
  },
  {
    path: 'release.autoscaling.maximumReplicas',
    broken: ({ whole }) => {
      const [fewest, most] = ['minimum', 'maximum'].map((end) => whole.number(`release.autoscaling.${end}Replicas`));
      return below(most, fewest) ? 'at least `minimumReplicas`' : undefined;
    },
    fix: 'write three times `minimumReplicas`, or leave `autoscaling` out',
  },
];
