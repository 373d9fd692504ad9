import { DataAwsDbInstance } from '@cdktf/provider-aws/lib/data-aws-db-instance';
import { DataAwsDbInstances } from '@cdktf/provider-aws/lib/data-aws-db-instances';
import { DataAwsRdsCluster } from '@cdktf/provider-aws/lib/data-aws-rds-cluster';
import { DataAwsRdsClusters } from '@cdktf/provider-aws/lib/data-aws-rds-clusters';
import { DataAwsRdsEngineVersion } from '@cdktf/provider-aws/lib/data-aws-rds-engine-version';
import {
  conditional,
  type Precondition,
  ref,
  type TerraformDataSource,
  TerraformIterator,
  TerraformStack,
  Token,
} from 'cdktf';
import { Construct } from 'constructs';
import type { DatabaseForm } from '../../../contract/aws/capacity';
import { type PostgresVersion, partsOf } from '../../../contract/postgres/majors';

/** What RDS calls PostgreSQL. */
export const ENGINES = { instance: 'postgres', aurora: 'aurora-postgresql' } as const satisfies Record<
  DatabaseForm,
  string
>;

/** Which version, and of what. */
export interface EngineVersionProps {
  /** Identifier of the instance or the cluster as text, by which a running one is found. */
  readonly identifier: string;
  /** Engine type of the database. */
  readonly form: DatabaseForm;
  /** Version that is asked for: at least this one, within its major version. */
  readonly version: PostgresVersion;
  /** Whether a new database is restored. With a major version alone it then begins with the version of its source. */
  readonly restored: boolean;
}

/**
 * The version to write for a database, so that no plan asks RDS for a step back, or for a step that nobody asked for. The
 * plan looks up what runs. Within the major version that is asked for, RDS moves the minor version, and what runs is
 * written unless a higher minor version is asked for.
 *
 * A major version alone cannot be written for a cluster: the provider would send it with every change, and RDS takes it
 * for the default minor version of the day. It becomes that version when the cluster is created, and at an upgrade the
 * highest one that RDS upgrades the running version to.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html
 */
export class EngineVersion extends Construct {
  /** What to write as the version. */
  readonly value: string;
  /** To be met by the database: RDS has no way back to an earlier major version. */
  readonly noStepBack: Precondition;
  private readonly major: string;
  private readonly running: string;

  constructor(scope: Construct, id: string, { identifier, form, version, restored }: EngineVersionProps) {
    super(scope, id);
    const { major, minor } = partsOf(version);
    this.major = major;
    this.running = form === 'aurora' ? this.findCluster(identifier) : this.findInstance(identifier);
    const otherwise = minor === undefined ? this.chosen(form, restored) : JSON.stringify(version);
    this.value = this.text(`${this.isReached(minor)} ? ${this.running} : ${otherwise}`);
    this.noStepBack = {
      condition: this.text(`try(tonumber(split(".", ${this.running})[0]) <= ${major}, true)`),
      errorMessage:
        `The database ${identifier} runs a later major version than ${major}, and RDS has no way back: write the ` +
        'version that runs in database.engine, or restore the state before the upgrade, as docs/operate/restore.md shows.',
    };
  }

  /** A value while the database has the major version or is to be created; none while it waits for its upgrade. */
  unlessUpgraded(value: string): string {
    const current = this.expression(`try(split(".", ${this.running})[0] == "${this.major}", true)`);
    return Token.asString(conditional(current, value, Token.nullValue()));
  }

  private isReached(minor: number | undefined): string {
    const sameMajor = `split(".", ${this.running})[0] == "${this.major}"`;
    if (minor === undefined) return `try(${sameMajor}, false)`;
    return `try(${sameMajor} && tonumber(regex("^[0-9]+[.]([0-9]+)", ${this.running})[0]) >= ${minor}, false)`;
  }

  /** Of a new cluster the default minor version, of a running one the highest that it can be upgraded to. */
  private chosen(form: DatabaseForm, restored: boolean): string {
    const { major, running } = this;
    const upgraded = `[for found in [${running}] : found if try(split(".", found)[0] != "${major}", false)]`;
    const sources = this.lookUp('upgrade', form, upgraded, false);
    const minors = `for target in flatten([for source in ${sources} : tolist(source.valid_major_targets)]) : tonumber(split(".", target)[1]) if can(regex("^${major}[.][0-9]+$", target))`;
    const target = `format("${major}.%d", max([${minors}]...))`;
    if (restored) return `${running} == null ? null : try(${target}, "${major}")`;
    const created = this.lookUp('default', form, `${running} == null ? ["${major}"] : []`, true);
    return `try(${target}, coalesce(one([for found in ${created} : found.version_actual])), "${major}")`;
  }

  private lookUp(id: string, form: DatabaseForm, versions: string, defaultOnly: boolean): string {
    const iterator = TerraformIterator.fromList(Token.asList(this.expression(versions)));
    return addressOf(
      new DataAwsRdsEngineVersion(this, id, {
        forEach: iterator,
        engine: ENGINES[form],
        version: iterator.value,
        defaultOnly: defaultOnly ? true : undefined,
      }),
    );
  }

  private findCluster(identifier: string): string {
    const filter = [{ name: 'db-cluster-id', values: [identifier] }];
    const found = new DataAwsRdsClusters(this, 'clusters', { filter });
    const iterator = TerraformIterator.fromList(found.clusterIdentifiers);
    return versionOf(new DataAwsRdsCluster(this, 'running', { forEach: iterator, clusterIdentifier: iterator.value }));
  }

  private findInstance(identifier: string): string {
    const filter = [{ name: 'db-instance-id', values: [identifier] }];
    const found = new DataAwsDbInstances(this, 'instances', { filter });
    const iterator = TerraformIterator.fromList(found.instanceIdentifiers);
    return versionOf(
      new DataAwsDbInstance(this, 'running', { forEach: iterator, dbInstanceIdentifier: iterator.value }),
    );
  }

  private text(expression: string): string {
    return Token.asString(this.expression(expression));
  }

  private expression(expression: string) {
    return ref(expression, TerraformStack.of(this));
  }
}

/** The version of the one that runs, or null. */
function versionOf(found: TerraformDataSource): string {
  return `one([for found in ${addressOf(found)} : found.engine_version])`;
}

function addressOf(found: TerraformDataSource): string {
  return `data.${found.terraformResourceType}.${TerraformStack.of(found).getLogicalId(found.node)}`;
}
