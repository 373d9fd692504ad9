import { ContractError } from '../../contract/error';

describe('a contract error', () => {
  it('says where, what, which rule and what to do', () => {
    const place = new ContractError({ file: 'a.yaml:1:2', path: 'name', got: '"X"', rule: 'a rule', fix: 'a fix' });
    expect(place.message).toBe('a.yaml:1:2 name\n  got:  "X"\n  rule: a rule\n  fix:  a fix');
    expect(new ContractError({ rule: 'a rule', fix: 'a fix' }).message).toBe('error\n  rule: a rule\n  fix:  a fix');
  });
});
