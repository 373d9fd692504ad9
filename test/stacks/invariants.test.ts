import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { parsed, synthesizeAll } from '../support/synth/environments';
import { brokenInvariants } from '../support/synth/invariants';
import { PROVIDER_SCHEMA } from '../support/synth/schema/provider-schema';
import { VARIETIES } from '../support/synth/varieties';

const STACKS = Object.entries(VARIETIES).map(
  ([name, content]) => [name, synthesizeAll(parsed(content), regionAuthorities('eu-west-1'))] as const,
);

it.each(STACKS)('the stacks of %s hold the invariants', (_name, stacks) => {
  expect(brokenInvariants(stacks)).toEqual([]);
});

it('the table of what the providers do has every type of any kind of environment, and no other', () => {
  const types = STACKS.flatMap(([, { database, workload }]) => [
    ...(database?.inventory() ?? []),
    ...workload.inventory(),
  ]);
  expect([...new Set(types)].sort()).toEqual(Object.keys(PROVIDER_SCHEMA).sort());
});
