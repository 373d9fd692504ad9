import { Command, Option } from 'commander';
import { DEFAULT_MAJOR, POSTGRES_MAJORS } from '../../contract/postgres/majors';
import { type HelpText, helpText, jsonOption, quietOption } from '../shared/command-line';
import type { ClusterRehearseOptions } from './cluster/run';
import type { RehearseOptions } from './run';

const HELP: HelpText = {
  examples: [
    ['rehearse', 'Runs the contract on PostgreSQL 16 with a stand-in for the packaged migrations.'],
    ['rehearse --postgres 17 --json report.json', 'On another major version, with a JSON report.'],
    [
      "rehearse --packaged-migrations 'alembic upgrade head'",
      'Runs your migrations; they find their connection in ALEMBIC_DATABASE_URL.',
    ],
    ['rehearse --chart-version 0.102.0', 'With the connection budget of another version of the product.'],
    [
      'rehearse --context kind-kind',
      'Runs the workload stack on a throwaway cluster: migrations, release, dump, restore, rotation.',
    ],
    ['rehearse --keep', 'Leaves the server running, so that you can inspect it with psql.'],
  ],
  exitCodes: { success: 'every check passes', failure: 'a step or a check fails' },
};

/** Loaded when the command runs, so that the help appears at once. */
const load = (): typeof import('./run') => require('./run');
const loadCluster = (): typeof import('./cluster/run') => require('./cluster/run');

/** `rehearse`: the whole contract on an embedded PostgreSQL that looks like RDS. */
export function rehearseCommand(): Command {
  return new Command('rehearse')
    .summary('run the whole contract on an embedded PostgreSQL that looks like RDS')
    .description(
      'Starts a PostgreSQL server with the peculiarities of RDS (an administrator that is not a superuser, TLS for ' +
        'everybody, a private certificate authority), runs before, packaged migrations, after and verify over verified ' +
        'TLS, shows what was proven, and removes the server. Requires no AWS account, no cluster and no network.',
    )
    .option(
      '--packaged-migrations <command>',
      'shell command to run instead of the stand-in schema; it finds the connection in ALEMBIC_DATABASE_URL',
    )
    .addOption(
      new Option(
        '--packaged-head <command>',
        'shell command that prints their head as `alembic heads` does (default: asks the same checkout, where its ' +
          'configuration of Alembic can be read out of the command above)',
      ).conflicts('expectRevision'),
    )
    .option('--expect-revision <revision>', 'revision that they end at, where no command can say it')
    .option(
      '--chart-version <version>',
      'version of the product whose connection budget and revision are expected (default: the newest with a record)',
    )
    .addOption(
      new Option('--postgres <major>', 'major version of the server').choices(POSTGRES_MAJORS).default(DEFAULT_MAJOR),
    )
    .option(
      '--context <context>',
      'run the workload stack on this cluster of the kubeconfig instead: kind, k3d, minikube, any',
    )
    .addOption(
      onCluster('--allow-context <context>', 'the same context again, if it looks like one that people depend on'),
    )
    .addOption(
      onCluster('--namespace <namespace>', 'namespace that is created, and deleted at the end').default(
        'agent-bom-rehearsal',
      ),
    )
    .addOption(onCluster('--chart <chart>', "folder, archive or repository of the chart (default: the project's)"))
    .addOption(onCluster('--postgres-image <image>', 'image of the server (default: postgres:<major>)'))
    .addOption(onCluster('--s3-image <image>', 'image of an emulator of S3').default('motoserver/moto:5.1.18'))
    .addOption(jsonOption())
    .addOption(quietOption())
    .option('--html <file>', 'write the report for reviewers to this file, a single HTML page')
    .option('--keep', 'leave the server running, or the namespace, and print how to go on')
    .addHelpText('after', helpText(HELP))
    .allowExcessArguments(false)
    .action((options: RehearseOptions & Partial<ClusterRehearseOptions>) =>
      options.context === undefined
        ? load().runRehearsal(options)
        : loadCluster().runClusterRehearsal(options as ClusterRehearseOptions),
    );
}

/** An option that says something only together with `--context`. */
function onCluster(flags: string, description: string): Option {
  return new Option(flags, `with --context: ${description}`);
}
