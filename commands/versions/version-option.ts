import type { Mistake } from '../../contract/error';
import { versionFix, versionRule } from '../../contract/product/facts';

/** What is wrong with a version of the product that an option names; one without a record is accepted. */
export function versionMistakes(option: string, version: string): Mistake[] {
  const rule = versionRule(version);
  return rule === undefined ? [] : [{ path: option, got: version, rule, fix: versionFix() }];
}
