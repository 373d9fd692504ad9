import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder with the program `terraform`, and in `providers` its providers, as a `filesystem_mirror` has them. */
const MIRROR_VARIABLE = 'TERRAFORM_MIRROR';

/** What the tests deploy with: Terraform where its providers are at hand, otherwise kubectl and Helm in its order. */
export const TERRAFORM_MIRROR = process.env[MIRROR_VARIABLE]?.trim() || undefined;

/** Says what the tests deploy with, and what has a stand-in. */
export function announce(): void {
  const how =
    TERRAFORM_MIRROR === undefined
      ? `NOT RUN: terraform apply. Without providers in ${MIRROR_VARIABLE} these tests deploy with kubectl and Helm, in the order of Terraform.`
      : `These tests deploy with agent-bom-postgres deploy, terraform and the providers of ${TERRAFORM_MIRROR}.`;
  const standIns = "STAND-INS: the product's chart, its own migrations, AWS and the database stack.";
  process.stdout.write(`${how}\n${standIns}\n`);
}

/** Variables with which Terraform uses the providers of the mirror and no registry, by way of `terraform.sh`. */
export function terraformVariables(mirror: string, directory: string): Record<string, string> {
  const configuration = join(directory, 'terraform.rc');
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(join(mirror, 'providers'))}\n  }\n}\n`,
  );
  return {
    TERRAFORM: join(__dirname, 'terraform.sh'),
    REAL_TERRAFORM: join(mirror, 'terraform'),
    TF_CLI_CONFIG_FILE: configuration,
  };
}
