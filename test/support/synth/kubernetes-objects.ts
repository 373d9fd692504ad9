import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { kubernetesObject } from '../../../commands/shared/cluster/kubernetes-objects';
import type { Block, Template } from './template';

/** The objects of a stack as the provider sends them to Kubernetes, less those that are written as manifests. */
export function kubernetesObjects(workload: Template): Block[] {
  const types = Object.keys(workload.json.resource).filter((type) => type !== 'kubernetes_manifest');
  return types.flatMap((type) =>
    workload.resources(type).flatMap((block) => kubernetesObject(type, block, () => 'from-terraform') ?? []),
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
