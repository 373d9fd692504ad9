import type { Environment } from '../../../../contract/environment/environment';
import { collisions } from '../../../../contract/environment/review/collisions';
import { controlPlaneName, derivedName, keyAlias, storedSecretName } from '../../../../contract/names';
import { minimal, minimalExisting, parsed } from '../../../support/synth/environments';

const collisionsOf = (...environments: readonly Environment[]) =>
  collisions(environments.map((environment, index) => ({ file: `${'abc'[index]}.yaml`, environment })));

describe('two environments', () => {
  const one = parsed(minimal());
  const other = parsed({ ...minimal(), name: 'staging' });

  it('share no namespace of a cluster', () => {
    expect(collisionsOf(one, other)).toEqual([
      {
        file: 'a.yaml, b.yaml',
        path: 'namespace',
        got: 'agent-bom on the cluster platform in eu-west-1',
        rule: expect.stringContaining('its own namespace'),
        fix: expect.stringContaining('another `namespace`'),
      },
    ]);
  });

  it('share none when one of them finds it there either', () => {
    expect(collisionsOf(one, { ...other, createNamespace: false })).toHaveLength(1);
  });

  it.each([
    ['namespaces', { namespace: 'staging' }],
    ['clusters', { cluster: { name: 'other' } }],
    ['regions', { region: 'eu-central-1' }],
  ])('are apart in two %s', (_what, change) => {
    expect(collisionsOf(one, parsed({ ...minimal(), name: 'staging', ...change }))).toEqual([]);
  });

  it('share no server, whatever database they use there', () => {
    const on = (name: string, existing: object) => {
      const content = minimalExisting();
      const database = { ...content.database, existing: { ...content.database.existing, ...existing } };
      return parsed({ ...content, name, namespace: name, database });
    };
    expect(collisionsOf(on('a', {}), on('b', {}), on('c', { database: 'another' }))).toEqual([
      {
        file: 'a.yaml, b.yaml, c.yaml',
        path: 'database.existing',
        got: 'platform.c0a1b2c3d4e5.eu-west-1.rds.amazonaws.com:5432',
        rule: expect.stringContaining('roles belong to the server'),
        fix: expect.stringContaining('another database on the same server is not enough'),
      },
    ]);
    expect(collisionsOf(on('a', {}), on('b', { port: 5433 }))).toEqual([]);
  });

  it('have other names for all that is named after them', () => {
    const names = ({ name }: Environment) => [
      controlPlaneName(name),
      keyAlias(name),
      storedSecretName(name, 'app'),
      ...(['instance', 'monitoringRole', 'secretReaderRole', 'backupRole', 'backupBucket'] as const).map((kind) =>
        derivedName(name, kind),
      ),
    ];
    const all = [...names(one), ...names(other)];
    // The instance and the bucket have the same name, which is of two kinds.
    expect(new Set(all).size).toBe(all.length - 2);
  });
});
