import {
  ADMIN_IDENTITY,
  loginOfGeneration,
  perRuntimeIdentity,
  RUNTIME_IDENTITIES,
} from '../../../contract/postgres/identities';

describe('identities', () => {
  it('take turns by generation, except for backups', () => {
    const logins = (generation: number) => perRuntimeIdentity((identity) => loginOfGeneration(identity, generation));
    const odd = { app: 'agent_bom_app', maintenance: 'agent_bom_maintenance', backup: 'agent_bom_backup' };
    const even = { app: 'agent_bom_app_b', maintenance: 'agent_bom_maintenance_b', backup: 'agent_bom_backup' };
    expect([logins(1), logins(2), logins(3), logins(9999)]).toEqual([odd, even, odd, odd]);
  });

  it.each([0, -1, 1.5])('have no generation %p', (generation) => {
    for (const identity of RUNTIME_IDENTITIES.filter(({ logins }) => logins.length > 1)) {
      expect(() => loginOfGeneration(identity, generation)).toThrow(RangeError);
    }
  });

  it('share no login, variable or setting', () => {
    for (const distinct of ['environmentVariable', 'urlSetting', 'limitSetting', 'role'] as const) {
      expect(new Set(RUNTIME_IDENTITIES.map((identity) => identity[distinct])).size).toBe(RUNTIME_IDENTITIES.length);
    }
    const logins = RUNTIME_IDENTITIES.flatMap((identity) => identity.logins);
    expect(new Set(logins).size).toBe(logins.length);
  });

  it('are known to these workloads and to no others', () => {
    const workloads = [ADMIN_IDENTITY, ...RUNTIME_IDENTITIES].map((identity) => [identity.name, identity.workloads]);
    expect(Object.fromEntries(workloads)).toEqual({
      admin: ['migration', 'verification', 'revocation', 'restore'],
      app: ['migration', 'verification', 'revocation', 'api', 'restore'],
      maintenance: ['migration', 'verification', 'revocation', 'api', 'restore'],
      backup: ['migration', 'verification', 'backup', 'restore'],
    });
  });
});
