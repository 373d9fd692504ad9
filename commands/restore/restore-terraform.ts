import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../contract/environment/environment';
import { ContractError } from '../../contract/error';
import { stackNames } from '../../contract/names';
import { environmentsDirectory } from '../shared/environment/environment-names';
import { synthesizeInto } from '../shared/environment/synthesis';
import { type Answer, ask, at, textAt } from '../shared/program-runner';
import type { RestoreDatabases } from './rds';

const MINUTES = 60_000;
const REPLICATION = 'aws_db_instance_automated_backups_replication';
/** What holds the data, with the argument that names it and the attribute that stays when it is renamed. */
const KINDS = {
  aws_db_instance: { name: 'identifier', id: 'resource_id', kind: 'instance' },
  aws_rds_cluster: { name: 'cluster_identifier', id: 'cluster_resource_id', kind: 'cluster' },
  aws_rds_cluster_instance: { name: 'identifier', id: 'dbi_resource_id', kind: 'instance' },
} as const;

interface ManagedDatabase {
  readonly address: string;
  readonly identifier: string;
  readonly type: keyof typeof KINDS;
}

/** Terraform's state of the database stack, as far as a restore concerns it. Nothing else of a state is kept or shown. */
export class RestoreState {
  private readonly directory: string;

  private constructor(
    readonly environment: Environment,
    output: string,
  ) {
    this.directory = join(output, 'stacks', stackNames(environment.name).database);
  }

  /** Synthesizes the environments, and prepares Terraform in the folder of the database stack. */
  static async open(environment: Environment, directory = environmentsDirectory()): Promise<RestoreState> {
    const output = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
    const { code, complaints } = await synthesizeInto(directory, output);
    if (code !== 0) {
      const rule = 'the environment files can be synthesized';
      throw new ContractError({ path: directory, got: complaints.trim(), rule, fix: 'fix what synth names' });
    }
    const state = new RestoreState(environment, output);
    await state.terraform('init', '-input=false', '-no-color');
    return state;
  }

  /** Addresses whose database in the state is not the one that has the name at AWS. */
  async differing(databases: RestoreDatabases): Promise<readonly ManagedDatabase[]> {
    const content: unknown = JSON.parse(await this.terraform('show', '-json', '-no-color'));
    const resources = (at(content, 'values', 'root_module', 'resources') ?? []) as readonly unknown[];
    const held = new Map(resources.map((resource) => [textAt(resource, 'address'), at(resource, 'values')]));
    const compared = await Promise.all(
      this.databases().map(async (database) => {
        const { id, kind } = KINDS[database.type];
        const found = await databases.resourceId(database.identifier, kind);
        return { database, same: found !== undefined && textAt(held.get(database.address), id) === found };
      }),
    );
    return compared.filter(({ same }) => !same).map(({ database }) => database);
  }

  /** Forgets what the state holds under these addresses, and what copies its backups, and takes over what has the names. */
  async takeOver(differing: readonly ManagedDatabase[]): Promise<void> {
    const listed = new Set((await this.terraform('state', 'list')).split('\n'));
    const replications = [...listed].filter((address) => address.startsWith(`${REPLICATION}.`));
    const forgotten = [
      ...differing.map(({ address }) => address).filter((address) => listed.has(address)),
      ...replications,
    ];
    if (forgotten.length > 0) await this.terraform('state', 'rm', '-lock-timeout=5m', ...forgotten);
    for (const { address, identifier } of differing) {
      await this.terraform('import', '-input=false', '-no-color', '-lock-timeout=5m', address, identifier);
    }
  }

  /** The databases of the stack, the cluster before its instances. */
  private databases(): ManagedDatabase[] {
    const template: unknown = JSON.parse(readFileSync(join(this.directory, 'cdk.tf.json'), 'utf8'));
    return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((type) =>
      Object.entries(at(template, 'resource', type) ?? {}).map(([id, block]) => {
        return { type, address: `${type}.${id}`, identifier: textAt(block, KINDS[type].name) };
      }),
    );
  }

  private async terraform(...question: readonly string[]): Promise<string> {
    const { TERRAFORM, TERRAFORM_BINARY_NAME } = process.env;
    const program = TERRAFORM || TERRAFORM_BINARY_NAME || 'terraform';
    const answer: Answer = existsSync(this.directory)
      ? await ask(program, [`-chdir=${this.directory}`, ...question], 10 * MINUTES)
      : { kind: 'refused', reason: `${this.directory} does not exist` };
    if (answer.kind === 'answered') return answer.text;
    throw new ContractError({
      path: `terraform ${question[0]}`,
      got: answer.reason,
      rule: 'Terraform can work on the state of the database stack',
      fix: `terraform -chdir=${this.directory} ${question[0]} says more; then give the same command again`,
    });
  }
}
