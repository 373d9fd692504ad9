import {
  fileWith,
  minimal,
  mistakesIn,
  parsed,
  synthesize,
  synthesizeDatabase,
} from '../../../support/synth/environments';
import { over, VARIETIES } from '../../../support/synth/varieties';

const mistakesOf = (keys: object) => mistakesIn(fileWith(keys)).map(({ path, rule }) => [path, rule]);
const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));

describe('tags', () => {
  it.each([
    {},
    { 'cost-center': '1234' },
    { 'Team: a/b_c.d=e+f@g': 'Größe 1' },
    { ['k'.repeat(128)]: 'v'.repeat(256) },
    numbered(48),
  ])('may be %j', (tags) => {
    expect(mistakesOf({ tags })).toEqual([]);
  });

  it.each([
    [{ 'cost-center': 1234 }],
    [{ 'cost-center': '' }],
    [{ '': 'x' }],
    [{ ['k'.repeat(129)]: 'x' }],
    [{ key: 'v'.repeat(257) }],
    [{ 'aws:key': 'x' }],
    [{ 'AWS:key': 'x' }],
    [{ key: 'aws:x' }],
    [{ key: '${var.x}' }],
    [{ key: 'a;b' }],
    [numbered(49)],
    [['cost-center']],
  ])('may not be %j', (tags) => {
    const mistakes = mistakesIn(fileWith({ tags }));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.path).toMatch(/^tags/);
    expect(mistakes[0]?.fix).toMatch(/cost-center|^put it in quotes: "1234"$|nothing fills in/);
  });

  it('do not hide the ones by which an environment is found, nor one another where case does not count', () => {
    expect(mistakesOf({ tags: { 'managed-by': 'us' } })).toEqual([
      ['tags', 'without `managed-by`, which every resource has already'],
    ]);
    expect(mistakesOf({ tags: { 'Agent-Bom-Environment': 'x' } })).toHaveLength(1);
    expect(mistakesOf({ tags: { Owner: 'a', owner: 'b' } })).toEqual([
      ['tags', 'without keys that differ only in case: `owner`'],
    ]);
  });

  it('have the keys that are required, in their case', () => {
    const requiredTags = ['cost-center', 'owner'];
    expect(mistakesOf({ requiredTags, tags: { 'cost-center': '1', owner: 'x' } })).toEqual([]);
    expect(mistakesOf({ requiredTags, tags: { 'cost-center': '1', Owner: 'x' } })).toEqual([
      ['tags', 'with every key of `requiredTags`: `owner` is missing'],
    ]);
    expect(mistakesOf({ requiredTags })).toEqual([
      ['tags', 'with every key of `requiredTags`: `cost-center`, `owner` is missing'],
    ]);
    expect(mistakesOf({ requiredTags: ['a', 'a'] }).map(([path]) => path)).toContain('requiredTags');
  });

  it('are on every resource of AWS, in both stacks and in every region', () => {
    const content = over(VARIETIES.large, { tags: { 'cost-center': '1234' } });
    const { database, workload } = synthesize(parsed(content));
    const tags = { 'cost-center': '1234', 'agent-bom-environment': 'prod', 'managed-by': 'terraform' };
    const providers = [...database.json.provider.aws, ...workload.json.provider.aws];
    expect(providers).toHaveLength(3);
    for (const { default_tags: defaults } of providers) expect(defaults).toEqual([{ tags }]);
    // What has no tags of its own by the provider takes them from the database.
    expect(database.resource('aws_db_instance').copy_tags_to_snapshot).toBe(true);
  });

  it.each([
    ['deploy', `gh${'p_'}8Zq4tXw2LpR7mN1vB6yK3cD9fH5jS0aEuI2o`],
    ['aws', `AK${'IA'}IOSFODNN7EXAMPLQ`],
    ['db-password', 'hunter2'],
  ])('carry no credential: %s', (key, value) => {
    const mistakes = mistakesIn(fileWith({ tags: { [key]: value } }));
    expect(mistakes).toMatchObject([
      {
        path: `tags.${key}`,
        got: '(a credential, not shown)',
        rule: expect.stringMatching(/^tags, labels and annotations are shown/),
        fix: 'remove it, and change the credential if it was real',
      },
    ]);
  });

  it.each([
    ['data-classification', 'secret'],
    ['password-rotation', '90 days'],
    ['build', '8c2f6a10-4c1e-4b8e-9c1f-1e2d3c4b5a69'],
    ['commit', '9fceb02d0ae598e95dc970b74767f19372d61af8'],
    ['window', 'sun:03:00-sun:04:00'],
    ['owner', 'platform@example.com'],
  ])('are free otherwise: %s: %s', (key, value) => {
    expect(mistakesIn(fileWith({ tags: { [key]: value } }))).toEqual([]);
  });

  it('are those by which an environment is found, whatever a program gives', () => {
    const tags = { 'managed-by': 'us', owner: 'platform' };
    const [aws] = synthesizeDatabase({ ...parsed(minimal()), tags }).json.provider.aws;
    expect(aws.default_tags).toEqual([
      { tags: { owner: 'platform', 'agent-bom-environment': 'prod', 'managed-by': 'terraform' } },
    ]);
  });

  it('are ours alone without the key', () => {
    const { database } = synthesize(parsed(minimal()));
    expect(database.json.provider.aws[0].default_tags).toEqual([
      { tags: { 'agent-bom-environment': 'prod', 'managed-by': 'terraform' } },
    ]);
  });
});
