import { readFileSync } from 'node:fs';
import { environmentJsonSchema } from '../../contract/environment/environment';
import { withChangeTable } from '../../scripts/change-table';
import { UPGRADE_PAGE } from '../../scripts/version-table';
import { DATABASE_ROWS } from '../support/synth/key-changes/database';
import { changesOf } from '../support/synth/key-changes/row';
import { WORKLOAD_ROWS } from '../support/synth/key-changes/workload';
import { keysOfSchema } from '../support/synth/schema-values';

/** Keys that are no matter of the database stack, and one that is valid only in the place of another. */
const ELSEWHERE =
  /^(?:authentication|database\.existing|namespace|pods|release|reports|requiredTags|secrets\.(?:existing|readerRoleArn)|state)(?:\.|$)/;
const NOT_ALONE = ['name', 'region', 'database.restore.latest'];
/** What outlives every deployment, unless a row says that it does not. */
const LASTING = /^(?:destroy|replace) aws_(?:db_instance|kms_key|rds_cluster|s3_bucket|secretsmanager_secret)$/;

describe('the database stack, with another value of', () => {
  it.each(DATABASE_ROWS)('%s: %s = %j: %s', (...row) => {
    expect(changesOf(row, 'database')).toBe(row[3]);
  });
});

describe('the workload stack, with another value of', () => {
  it.each(WORKLOAD_ROWS)('%s: %s = %j: %s', (...row) => {
    expect(changesOf(row, 'workload')).toBe(row[3]);
  });
});

describe('the table of the database stack', () => {
  it('has a row for every key that this stack reads', () => {
    const keys = keysOfSchema(environmentJsonSchema() as Parameters<typeof keysOfSchema>[0]);
    const paths = [...new Set(keys.map(({ path }) => path.join('.')))];
    const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
    const missing = leaves.filter((path) => !ELSEWHERE.test(path) && !NOT_ALONE.includes(path));
    expect(missing.filter((path) => !DATABASE_ROWS.some(([, key]) => key === path))).toEqual([]);
  });

  it('destroys or replaces what outlives deployments for these keys alone', () => {
    const lasting = DATABASE_ROWS.filter(([, , , all]) => all.split('; ').some((change) => LASTING.test(change)));
    expect([...new Set(lasting.map(([, key]) => key))].sort()).toEqual([
      'database.form',
      'database.replication.keyArn',
      'database.replication.region',
      'encryption.keyArn',
      'secrets.controlPlane',
    ]);
  });

  it('is the one of the guide to upgrades', () => {
    const page = readFileSync(UPGRADE_PAGE, 'utf8');
    expect(withChangeTable(page)).toBe(page);
  });
});
