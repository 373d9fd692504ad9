import { roleMistakes, roleValues } from '../../../contract/product/service-account-roles';

describe('roles of ServiceAccounts', () => {
  it('annotate the workloads that have one, and no other', () => {
    expect(roleValues({})).toEqual({});
    expect(roleValues({ api: 'arn:api' })).toEqual({
      controlPlane: { api: { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:api' } } } },
    });
    expect(Object.keys(roleValues({ api: 'arn:api', scanner: 'arn:scanner' }))).toEqual(['controlPlane', 'scanner']);
  });

  it('refuse an annotation of the user beside them', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:mine' };
    const given = { scanner: { serviceAccount: { annotations } } };
    expect(roleMistakes({ api: 'arn:api' }, given)).toEqual([]);
    expect(roleMistakes({ scanner: 'arn:scanner' }, given)).toMatchObject([
      { path: 'release.values.scanner.serviceAccount.annotations.eks.amazonaws.com/role-arn' },
    ]);
    expect(roleMistakes({ scanner: 'arn:s' }, { scanner: { serviceAccount: { annotations: { a: 'b' } } } })).toEqual(
      [],
    );
  });
});
