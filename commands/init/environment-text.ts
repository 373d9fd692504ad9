import { stringify } from 'yaml';
import type { Answers } from './answers';

/**
 * Text of an environment file with these answers.
 *
 * @param schema Path of the JSON Schema, relative to the file.
 */
export function environmentText(answers: Answers, schema: string): string {
  const { name, region, cluster, issuer } = answers;
  return `# yaml-language-server: $schema=${schema}

# One environment: the database (stack \`${name}-database\`) and the control plane (stack \`${name}-workload\`). Keys that are
# not here have the values that environments/example.yaml shows and explains.

# The names of all AWS resources begin with it: changing it later replaces all of them, the database included.
name: ${scalar(name)}

# Region of the cluster and of the database.
region: ${scalar(region)}

cluster:
  # The cluster's VPC, security group and OIDC provider are looked up by this name.
  name: ${scalar(cluster)}

${databaseLines(answers)}${namespaceLines(answers)}
release:
  # What the authenticating proxy in front of the API calls itself. Without one the API does not start with two or more
  # replicas.
  trustedProxyIssuer: ${scalar(issuer)}

${stateLines(answers)}`;
}

function databaseLines(answers: Answers): string {
  const { subnets, caBundle } = answers;
  if (subnets === undefined && caBundle === undefined) {
    return `# The database is in those of the cluster's subnets that assign no public addresses. Others, in two or more
# availability zones of its VPC, are listed here.
# database:
#   subnetIds: []
`;
  }
  return `database:\n${subnetLines(answers)}${caBundleLines(answers)}`;
}

function subnetLines({ subnets }: Answers): string {
  if (subnets === undefined) return '';
  const lines = subnets.map(({ id, zone }) => `    - ${scalar(id)}${zone === undefined ? '' : ` # ${zone}`}\n`);
  return `  # Private subnets of the cluster's VPC, in two or more availability zones.\n  subnetIds:\n${lines.join('')}`;
}

function namespaceLines({ namespace }: Answers): string {
  if (namespace === undefined) return '';
  return `\n# Another environment of this cluster is in the namespace that is usual.\nnamespace: ${scalar(namespace)}\n`;
}

function caBundleLines({ caBundle }: Answers): string {
  if (caBundle === undefined) return '';
  return `
  # PEM file with the CA certificates of RDS in the region, relative to this file.
  caBundleFile: ${scalar(caBundle)}
`;
}

function stateLines({ stateBucket, region }: Answers): string {
  if (stateBucket !== undefined) {
    return `# S3 bucket for the Terraform state of both stacks, with a lock next to it.
state:
  bucket: ${scalar(stateBucket)}
  region: ${scalar(region)}
`;
  }
  return `# S3 bucket for the Terraform state of both stacks, with a lock next to it. Without it the state is a file next to the
# project, which no one else sees: right for a trial alone.
# state:
#   bucket: example-terraform-state
#   region: ${scalar(region)}
`;
}

/** A value as YAML writes it, in quotes where necessary. */
function scalar(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}
