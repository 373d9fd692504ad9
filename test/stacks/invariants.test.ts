import { regionAuthorities } from '../../contract/aws/certificate-authorities';
import { parsed, synthesizeAll } from '../support/synth/environments';
import { brokenInvariants } from '../support/synth/invariants';
import { VARIETIES } from '../support/synth/varieties';

it.each(Object.entries(VARIETIES))('the stacks of %s hold the invariants', (_name, content) => {
  expect(brokenInvariants(synthesizeAll(parsed(content), regionAuthorities('eu-west-1')))).toEqual([]);
});
