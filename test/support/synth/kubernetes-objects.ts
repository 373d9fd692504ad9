import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import type { Block, Template } from './template';

/** Kinds of the resources of the Kubernetes provider that are used here, with their version. */
const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  kubernetes_config_map_v1: ['v1', 'ConfigMap'],
  kubernetes_cron_job_v1: ['batch/v1', 'CronJob'],
  kubernetes_job_v1: ['batch/v1', 'Job'],
  kubernetes_namespace_v1: ['v1', 'Namespace'],
  kubernetes_role_binding_v1: ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  kubernetes_role_v1: ['rbac.authorization.k8s.io/v1', 'Role'],
  kubernetes_service_account_v1: ['v1', 'ServiceAccount'],
};

/** Arguments of the provider itself. */
const OF_TERRAFORM = ['//', 'depends_on', 'lifecycle', 'timeouts', 'wait_for_completion'];
/** Maps whose keys are the user's. */
const MAPS = ['annotations', 'data', 'labels', 'limits', 'requests'];
/** Blocks that the provider takes several of, and Kubernetes one. */
const LISTS_OF_ONE = ['config_map', 'projected'];
/** Blocks whose names the provider writes in the singular, and names that it spells in its own way. */
const NAMES: Readonly<Record<string, string>> = {
  container: 'containers',
  init_container: 'initContainers',
  on_pod_condition: 'onPodConditions',
  rule: 'rules',
  subject: 'subjects',
  timezone: 'timeZone',
  volume: 'volumes',
  volume_mount: 'volumeMounts',
};

/** The objects of a stack as the provider sends them to Kubernetes, less those that are written as manifests. */
export function kubernetesObjects(workload: Template): Block[] {
  return Object.entries(KINDS).flatMap(([type, [apiVersion, kind]]) =>
    workload.resources(type).map((block) => ({ apiVersion, kind, ...translated(block) })),
  );
}

/** Pods of all Jobs and CronJobs of a stack, by the name of what makes them. */
export function pods(workload: Template): [string, Block][] {
  const jobs = kubernetesObjects(workload).filter(({ kind }) => /Job$/.test(kind));
  return jobs.map(({ metadata, spec }) => [
    metadata.name ?? metadata.generateName,
    (spec.jobTemplate?.spec ?? spec).template,
  ]);
}

function translated(value: Block, key = ''): Block {
  if (Array.isArray(value) && LISTS_OF_ONE.includes(key)) return translated(value[0], key);
  if (Array.isArray(value)) return value.map((item) => translated(item));
  // The provider takes users as texts, to tell 0 from nothing.
  if (/^run_as_(?:user|group)$/.test(key)) return Number(value);
  if (typeof value === 'string') return value.replace(/(?<!\$)\$\{.*\}/, 'from-terraform');
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<Block>(value).filter(([name]) => !OF_TERRAFORM.includes(name));
  return Object.fromEntries(
    entries.map(([name, inner]) =>
      MAPS.includes(key) ? [name, inner] : [translatedName(name), translated(inner, name)],
    ),
  );
}

function translatedName(name: string): string {
  return NAMES[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Definition of a kind of object, as an operator brings it into a cluster. */
export interface Definition {
  /** Directory that the definition is in: the version of the operator. */
  readonly operator: string;
  readonly kind: string;
  readonly schema: Block;
}

/** The definitions of one API version below a directory that has a subdirectory for each version of the operator. */
export function definitions(directory: string, apiVersion: string): Definition[] {
  const operators = readdirSync(directory).sort();
  return operators.flatMap((operator) =>
    readdirSync(join(directory, operator)).map((file) => {
      const { spec } = parse(readFileSync(join(directory, operator, file), 'utf8'));
      const version = spec.versions.find(({ name }: Block) => `${spec.group}/${name}` === apiVersion);
      if (version?.served !== true) throw new Error(`${operator} does not serve ${spec.names.kind} of ${apiVersion}`);
      return { operator, kind: spec.names.kind, schema: version.schema.openAPIV3Schema };
    }),
  );
}

/** What the API server would say against an object, and the object with everything that it would add. */
export function admit(manifest: Block, schema: Block): { errors: string[]; stored: Block } {
  const ajv = new Ajv({ strict: false, allErrors: true, useDefaults: true, validateFormats: false });
  const validate = ajv.compile(closed(schema));
  const stored = structuredClone(manifest);
  validate(stored);
  const errors = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return { errors, stored };
}

/** A field that the definition does not know is dropped by the server; here it is an error. */
function closed(schema: Block): Block {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const isObject = schema.type === 'object' && schema.properties !== undefined && !isOpen;
  return isObject && schema.additionalProperties === undefined ? { ...inner, additionalProperties: false } : inner;
}
