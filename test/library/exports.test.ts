import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as library from '../../index';
import manifest from '../../package/manifest.json';

const PROJECT = join(__dirname, '..', '..');

/** Names that the list in `index.ts` exports; those that are types alone are marked. */
function namesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(PROJECT, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  return source.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly }) => {
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw new Error(`${file} exports a whole file`);
    return exportClause.elements.map((one) => `${isTypeOnly || one.isTypeOnly ? 'type ' : ''}${one.name.text}`);
  });
}

const NAMES = [
  'AlarmTopic',
  'AuroraCluster',
  'AwsAccount',
  'BackupBucket',
  'BackupJob',
  'BackupReplication',
  'BackupWatch',
  'ClusterAccess',
  'ControlPlaneNamespace',
  'ControlPlaneRelease',
  'ControlPlaneSecret',
  'DatabaseAlarms',
  'DatabaseEvents',
  'DatabaseNetwork',
  'DatabaseStack',
  'DumpStore',
  'EksCluster',
  'EncryptionKey',
  'ExistingSecrets',
  'ExternalSecrets',
  'IdentitySecret',
  'ImportedSecret',
  'MigrationFiles',
  'MigrationJob',
  'MonthlyMigration',
  'PodRole',
  'PodSecurityGroup',
  'PostgresInstance',
  'PreventDestroy',
  'RestoreJob',
  'RevocationJob',
  'RevocationOnDemand',
  'RoleSettings',
  'SecretPolicy',
  'SecretReader',
  'SecurityGroupPolicy',
  'SyncedSecrets',
  'TerraformSecrets',
  'TrustBundle',
  'WorkloadStack',
  'environmentStacks',
  'existingEndpoint',
];

const TYPES = [
  'AuroraClusterProps',
  'BackupStore',
  'ControlPlaneReleaseProps',
  'DatabaseNetworkProps',
  'DatabasePeer',
  'DatabaseRestore',
  'EksClusterProps',
  'EncryptionKeyProps',
  'MigrationJobProps',
  'MonitoredDatabase',
  'PostgresEndpoint',
  'PostgresInstanceProps',
  'PostgresServer',
  'PostgresServerProps',
  'ReadableSecret',
  'SecretDelivery',
  'SecretStore',
  'StoredCredentials',
  'StoredSecret',
  'SyncedSecretsProps',
];

describe('the exports', () => {
  it('are these and no others, each once', () => {
    expect(Object.keys(library).sort()).toEqual(NAMES);
    expect(namesIn('index.ts').sort()).toEqual([...NAMES, ...TYPES.map((name) => `type ${name}`)].sort());
  });

  it('have nothing of the contract, which has an entry point of its own', () => {
    const contract = Object.keys(jest.requireActual('../../contract'));
    expect(contract.length).toBeGreaterThan(20);
    expect(Object.keys(library).filter((name) => contract.includes(name))).toEqual([]);
  });

  it('come from files that the build makes', () => {
    const { exports, bin }: { exports: Record<string, unknown>; bin: unknown } = manifest;
    const sources = ['index', 'contract/index'];
    const modules = Object.keys(exports).filter((name) => !/^\.\/(?:main|package\.json|.*\/\*)$/.test(name));
    expect(modules).toEqual(['.', './contract']);
    expect(modules.map((name) => exports[name])).toEqual(
      sources.map((source) => ({ types: `./${source}.d.ts`, default: `./${source}.js` })),
    );
    for (const source of sources) expect(existsSync(join(PROJECT, `${source}.ts`))).toBe(true);
    const { entryPoints } = JSON.parse(readFileSync(join(PROJECT, 'typedoc.json'), 'utf8'));
    expect(entryPoints).toEqual(sources.map((source) => `${source}.ts`));
    expect(bin).toEqual({ 'agent-bom-postgres': 'bin/agent-bom-postgres.js' });
  });
});
