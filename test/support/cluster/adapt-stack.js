// Adapts the synthesized stack in the current folder to a cluster without AWS; a second time, it changes nothing.
// The database stack becomes its outputs, whose values OUTPUTS_FILE has. The workload stack gets the kubeconfig, the chart
// of its version in CHARTS_DIRECTORY, the SecretStore of STORE_FILE, STORE_VARIABLES where containers use the AWS CLI, and REACH_VARIABLES in the Jobs.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const FILE = 'cdk.tf.json';
const { KUBECONFIG, OUTPUTS_FILE, STORE_FILE, CHARTS_DIRECTORY, STORE_VARIABLES, REACH_VARIABLES, AWS_CLI_IMAGE } =
  process.env;

function withoutAws(stack) {
  delete stack.provider.aws;
  delete stack.terraform.required_providers.aws;
  for (const type of Object.keys(stack.data ?? {})) {
    if (type.startsWith('aws_')) delete stack.data[type];
  }
}

function outputsAlone(stack) {
  const values = JSON.parse(readFileSync(OUTPUTS_FILE, 'utf8'));
  delete stack.resource;
  delete stack.data;
  delete stack.provider;
  delete stack.terraform.required_providers;
  stack.output = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, sensitive: true }]));
}

/** Adds variables to the containers below a block that are of an image, or to all of them. */
function addVariables(value, variables, image) {
  if (typeof value !== 'object' || value === null) return;
  if (typeof value.image === 'string' && (image === undefined || value.image === image)) {
    const others = (value.env ?? []).filter(({ name }) => !variables.some((one) => one.name === name));
    value.env = [...others, ...variables];
  }
  for (const inner of Object.values(value)) addVariables(inner, variables, image);
}

if (existsSync(FILE)) {
  const stack = JSON.parse(readFileSync(FILE, 'utf8'));
  if (Object.keys(stack.resource ?? {}).some((type) => type.startsWith('aws_'))) outputsAlone(stack);
  else if (stack.resource !== undefined) {
    withoutAws(stack);
    stack.provider.kubernetes = [{ config_path: KUBECONFIG }];
    stack.provider.helm = [{ kubernetes: { config_path: KUBECONFIG } }];
    for (const release of Object.values(stack.resource.helm_release ?? {})) {
      delete release.repository;
      release.chart = join(CHARTS_DIRECTORY, release.version);
    }
    for (const { manifest } of Object.values(stack.resource.kubernetes_manifest ?? {})) {
      if (manifest.kind === 'SecretStore') manifest.spec = JSON.parse(readFileSync(STORE_FILE, 'utf8')).object.spec;
    }
    addVariables(stack.resource, JSON.parse(STORE_VARIABLES), AWS_CLI_IMAGE);
    addVariables(stack.resource.kubernetes_job_v1, JSON.parse(REACH_VARIABLES));
  }
  writeFileSync(FILE, JSON.stringify(stack));
}
