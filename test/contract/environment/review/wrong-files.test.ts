import { mistakesIn } from '../../../support/synth/environments';

const FILE = `name: prod
region: eu-west-1
cluster:
  name: platform
database:
  subnetIds: [subnet-0a1b2c3d, subnet-1a2b3c4d]
release:
  trustedProxyIssuer: https://auth.example.com
`;
const change = (from: string, to: string) => FILE.replace(from, to);
const inDatabase = (line: string) => change('release:', `  ${line}\nrelease:`);

describe('YAML that is none', () => {
  it.each<[string, string, string, RegExp, RegExp]>([
    ['a tab', change('  name: platform', '\tname: platform'), ':4:', /^a tab$/, /two spaces/],
    ['a tab after spaces', change('platform', 'platform\n\tvpcId: x'), ':5:', /^a tab$/, /two spaces/],
    ['a key twice', `${FILE}name: staging\n`, ':9:1', /`name` a second time; the first is in line 1$/, /remove one/],
    ['a key of a section twice', inDatabase('multiAz: true\n  multiAz: true'), ':8:3', /line 7$/, /remove one/],
    ['a quote that is open', change('prod', '"prod'), ':1:7', /quote is not closed/, /missing quote/],
    ['a single one', change('https', "'https"), ':8:23', /quote is not closed/, /missing quote/],
    [
      'too much indentation',
      change('platform', 'platform\n    vpcId: a'),
      ':4:',
      /name: platform|vpcId/,
      /indentation|colon/,
    ],
    [
      'a line too far left',
      change('  subnetIds', ' subnetIds').replace('release:', '  multiAz: true\nrelease:'),
      ':7:',
      /multiAz/,
      /indentation/,
    ],
    ['two documents', `${FILE}---\n${FILE}`, ':9:1', /^more than one document/, /a file for each environment/],
    [
      'a merge key',
      `x: &x {a: 1}\n${change('database:', 'database:\n  <<: *x')}`,
      ':7:3',
      /^<<$/,
      /write the keys out/,
    ],
    ['an alias', change('prod', '*prod'), ':1:7', /alias/, /write the value itself/],
    ['no colon', change('region:', 'region'), ':2:1', /^region eu-west-1$/, /^write `region: eu-west-1`$/],
    ['no space', change('region: ', 'region:'), ':2:1', /^region:eu-west-1$/, /^write `region: eu-west-1`$/],
    [
      'a space that does not break',
      inDatabase('multiAz: true').replace('  multi', '\u00a0\u00a0multi'),
      ':7:1',
      /U\+00A0/,
      /again/,
    ],
    ['another encoding', Buffer.from(`\ufeff${FILE}`, 'utf16le').toString(), '', /not UTF-8/, /save it again/],
    ['a list', '- name: prod\n', '', /name/, /^begin with a line such as `name: prod`/],
    ['a text', 'prod\n', '', /prod/, /^begin with a line such as `name: prod`/],
    ['an open bracket', change('1a2b3c4d]', '1a2b3c4d'), ':7:1', /release/, /missing \]/],
    ['a colon in a text', change('https://auth.example.com', 'a: b'), ':8:', /a: b$/, /quotes/],
    ['a sign that YAML reserves', change('prod', '@prod'), ':1:7', /@prod/, /quotes/],
    ['a long line', change('prod', `@${'prod '.repeat(17)}`), ':1:7', /^name: @(?:prod ){14}pro… /, /quotes/],
  ])('%s', (_what, text, place, got, fix) => {
    const mistakes = mistakesIn(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.file).toContain(`prod.yaml${place}`);
    expect(mistakes[0]?.got).toMatch(got);
    expect(mistakes[0]?.fix).toMatch(fix);
  });

  it.each([
    ['a byte order mark', `\ufeff${FILE}`],
    ['line ends of Windows', FILE.replaceAll('\n', '\r\n')],
    ['an alias of a whole value', FILE.replace('name: prod', 'name: &name prod').replace('platform', '*name')],
  ])('%s is no mistake', (_what, text) => {
    expect(mistakesIn(text)).toEqual([]);
  });
});

describe('advice', () => {
  it.each([
    [change('eu-west-1', 'eu-wst-1'), 'region', /^did you mean eu-west-1\?/],
    [change('eu-west-1', 'eu-west1'), 'region', /^did you mean eu-west-1\?$/],
    [change('eu-west-1', 'eu-west-1a'), 'region', /^did you mean eu-west-1\?$/],
    [change('eu-west-1', 'EU-WEST-1'), 'region', /^write eu-west-1, in lower case$/],
    [change('eu-west-1', 'eu-moon-1'), 'region', /^write the code of a region/],
    [`${FILE}reports:\n  bucket: mine\n  region: eu-wset-1\n`, 'reports.region', /^did you mean eu-west-1\?/],
    [change('prod', '“prod”'), 'name', /^write prod: these quotes/],
    [inDatabase('backupRetentionDays: "20"'), 'database.backupRetentionDays', /^write 20, without quotes$/],
    [inDatabase('backupRetentionDays: 14 days'), 'database.backupRetentionDays', /^write 14, without a unit$/],
    [inDatabase('backupRetentionDays:'), 'database.backupRetentionDays', /^write a value behind the colon, or remove/],
    [inDatabase('multiAz: "true"'), 'database.multiAz', /^write true, without quotes$/],
    [inDatabase('multiAz: no'), 'database.multiAz', /^write false$/],
    [inDatabase('multiAz: 1'), 'database.multiAz', /^write true$/],
    [inDatabase('form: Aurora'), 'database.form', /^write aurora, in lower case$/],
    [`${FILE}backpu: {}\n`, 'backpu', /^write backup, or remove the key$/],
    [inDatabase('insights: advance'), 'database.insights', /^did you mean advanced\?$/],
    [`${FILE}secrets:\n  delivery: external_secrets\n`, 'secrets.delivery', /^write external-secrets$/],
    [`${FILE}secrets:\n  delivery: external-secret\n`, 'secrets.delivery', /^did you mean external-secrets\?$/],
    [`${FILE}alarms:\n  emails: me@example.com\n`, 'alarms.emails', /^write a list: \[me@example.com\]$/],
    [`${FILE}  managedBy: argocd\n`, 'release.managedBy', /^write gitops/],
    [`${FILE}  version: 0.110.0\n`, 'release.version', /^write chartVersion/],
    [`${FILE}replicas: 3\n`, 'replicas', /^move it: it belongs to `release`$/],
    [`${FILE}  namespace: x\n`, 'release.namespace', /^move it: it belongs to the top level/],
    [`${FILE}backups: {}\n`, 'backups', /^write backup, or remove the key$/],
    [`${FILE}foo: bar\n`, 'foo', /^remove the key/],
    [`${FILE}backupRetentionDays: 35\n`, 'backupRetentionDays', /^move it: it belongs to `database`$/],
    [inDatabase('emails: [me@example.com]'), 'database.emails', /^move it: it belongs to `alarms`$/],
    [`${FILE}  api:\n    replicas: 3\n`, 'release.api', /^remove the key, or write one of these$/],
    [change('prod', 'prod_eu'), 'name', /^write prod-eu$/],
    [change('prod', 'Prod EU-'), 'name', /^write prod-eu$/],
    [change('prod', '1prod'), 'name', /^choose a short name/],
    [change('name: prod', 'name:'), 'name', /^write a value behind the colon$/],
    [inDatabase('storageGib: 100.5'), 'database.storageGib', /^write 101, a whole number$/],
    [inDatabase('storageGib: 1,000'), 'database.storageGib', /^write 1000, without separators$/],
    [inDatabase('storageGib: 100_000'), 'database.storageGib', /^write a whole number without a unit/],
    [inDatabase('engine: {{ version }}'), 'database.engine', /^write the value itself: nothing fills in/],
    [`${FILE}state:\n  bucket:my-state\n`, 'state', /^write `bucket: my-state`: a key is followed by a colon/],
    [`${FILE}state:\n  bucket my-state\n`, 'state', /^write `bucket: my-state`: a key is followed by a colon/],
    [`${FILE}regoin: eu-west-1\n`.replace('region: eu-west-1\n', ''), 'regoin', /^write region, or remove the key$/],
    [inDatabase('maximumStorageGib: 100000'), 'database.maximumStorageGib', /^write 65536 or less$/],
    [inDatabase('storageGib: 1e23'), 'database.storageGib', /^write 65536 or less$/],
    [inDatabase('storageGib: -200'), 'database.storageGib', /^write 200, without the minus$/],
    [inDatabase('storageGib: -2'), 'database.storageGib', /^write 20 or more$/],
    [inDatabase('storageGib: 1 TiB'), 'database.storageGib', /^write 1024, without a unit$/],
    [inDatabase('backupRetentionDays: 1 month'), 'database.backupRetentionDays', /^write 30, without a unit$/],
    [inDatabase('backupRetentionDays: 36h'), 'database.backupRetentionDays', /^write (?!36|1\.5)/],
    [`${FILE}alarms:\n  dumpAgeHours: 3d\n`, 'alarms.dumpAgeHours', /^write 72, without a unit$/],
    [`${FILE}backup:\n  schedule: "0 0 3 * * *"\n`, 'backup.schedule', /^write 0 3 \* \* \*$/],
    [`${FILE}backup:\n  schedule: "0 0 3 * * ?"\n`, 'backup.schedule', /^write 0 3 \* \* \*$/],
    [`${FILE}backup:\n  schedule: 0 25 * * *\n`, 'backup.schedule', /^write an hour from 0 to 23 in place of `25`$/],
    [`${FILE}backup:\n  schedule: 0 3 31 2 *\n`, 'backup.schedule', /^write another day or month: `31` is in none/],
    [`${FILE}verification:\n  schedule: 5 43 0 * *\n`, 'verification.schedule', /^write an hour from 0 to 23 in place/],
    [`${FILE}backup:\n  schedule: every night\n`, 'backup.schedule', /^write a schedule such as `0 3 \* \* \*`/],
    [`${FILE}backup:\n  schedule: "@daily"\n`, 'backup.schedule', /^write 0 0 \* \* \*$/],
    [`${FILE}backup:\n  schedule: "03:30"\n`, 'backup.schedule', /^write 30 3 \* \* \*$/],
    [
      change('subnet-0a1b2c3d,', 'arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1b2c3d,'),
      'database.subnetIds[0]',
      /^write subnet-0a1b2c3d$/,
    ],
    [change('subnet-1a2b3c4d', 'subnet-0a1b2c3d'), 'database.subnetIds', /^list the ids of two or more/],
    [
      change('subnet-1a2b3c4d', 'subnet-1a2b3c4d, subnet-0a1b2c3d'),
      'database.subnetIds',
      /^list subnet-0a1b2c3d once$/,
    ],
    [
      `${FILE}  images: { registry: 'https://registry.example.org/docker-hub/' }\n`,
      'release.images.registry',
      /^write registry\.example\.org\/docker-hub$/,
    ],
    [
      `${FILE}  ingress: { host: bom.example.org, annotations: { example.com/order: 10 } }\n`,
      'release.ingress.annotations.example.com/order',
      /^put it in quotes: "10"$/,
    ],
    [
      `${FILE}pods:\n  tolerations: ["workload=security:NoSchedule", { operator: Exists }]\n`,
      'pods.tolerations[0]',
      /^write { key: workload, operator: Equal, value: security, effect: NoSchedule }$/,
    ],
    [
      `${FILE}pods:\n  tolerations: ["workload:NoExecute"]\n`,
      'pods.tolerations[0]',
      /^write { key: workload, operator: Exists, effect: NoExecute }$/,
    ],
    ...['http://login.example.org/realm', 'login.example.org/realm'].map((issuer): [string, string, RegExp] => [
      `${FILE}authentication:\n  oidc: { issuer: '${issuer}', audience: a, jwksUri: 'https://login.example.org/k' }\n`,
      'authentication.oidc.issuer',
      /^write https:\/\/login\.example\.org\/realm$/,
    ]),
    [inDatabase('backupWindow: 3:00-4:00'), 'database.backupWindow', /^write 03:00-04:00$/],
    [inDatabase('maintenanceWindow: Sunday 5:00 - 6:00'), 'database.maintenanceWindow', /^write sun:05:00-sun:06:00$/],
    [
      `${FILE}  ingress:\n    host: https://bom.example.org:443/ui\n`,
      'release.ingress.host',
      /^write bom\.example\.org$/,
    ],
    [`${FILE}  ingress: bom.example.org\n`, 'release.ingress', /^write `ingress:`, .*: `host: bom\.example\.org`$/],
    [change('eu-west-1', 'europe-west1'), 'region', /^did you mean eu-west-1\?$/],
    [change('eu-west-1', 'us-isob-east1'), 'region', /^did you mean us-isob-east-1\?$/],
    [inDatabase('instanceClass: db.large.m7g'), 'database.instanceClass', /^did you mean db\.m7g\.large\?/],
    [inDatabase('instanceClass: cache.m7g.large'), 'database.instanceClass', /^did you mean db\.m7g\.large\?/],
    [inDatabase('maxStorageGib: 500'), 'database.maxStorageGib', /^write maximumStorageGib, or remove/],
    [inDatabase('maxAllocatedStorageGib: 9'), 'database.maxAllocatedStorageGib', /^write maximumStorageGib, or remove/],
    [inDatabase('storageSize: 500'), 'database.storageSize', /^write storageGib, or remove/],
    [`${FILE}databse: {}\n`, 'databse', /^remove it, or put it under the existing database$/],
    [FILE.slice(0, FILE.indexOf('release:')), 'release', /^write `release:`, .* as in environments\/example\.yaml$/],
    [inDatabase('access: { cidrs: [10.20.0.5] }'), 'database.access.cidrs[0]', /^write 10\.20\.0\.5\/32$/],
    [`${FILE}  replicas: 500\n`, 'release.replicas', /^write 50 or less$/],
    [`${FILE}  poolMaximum: 5000\n`, 'release.poolMaximum', /^write 200 or less$/],
    [`${FILE}  poolMinimum: 30\n  poolMaximum: 20\n`, 'release.poolMaximum', /^write 30 or more, or lower/],
    [change('eu-west-1', '${REGION}'), 'region', /nothing fills in \$\{REGION\} here$/],
    [change('prod', '<name>'), 'name', /nothing fills in <name> here$/],
    [
      inDatabase('access: { cidrs: [10.20.0.5/16] }'),
      'database.access.cidrs[0]',
      /^write 10\.20\.0\.0\/16, the network/,
    ],
    [change('  name: platform', '  - name: platform'), 'cluster', /^remove the hyphen in front/],
    [change('  name: platform\n', ''), 'cluster', /^write `cluster:`, and its keys on lines below it, indented: name$/],
    [
      `${FILE}  controlPlane:\n    ui:\n      replicas: 2\n`,
      'release.controlPlane',
      /^move it: it belongs to `release\.values`$/,
    ],
    [`${FILE}controlPlane:\n  ui:\n    replicas: 2\n`, 'controlPlane', /^move it: it belongs to `release\.values`$/],
    [`${FILE}secrets:\n  existing: {}\n`, 'secrets.existing', /^remove it, or write `database\.existing`$/],
    [`${FILE}tags:\n  cost-center: 1234\n`, 'tags.cost-center', /^put it in quotes: "1234"$/],
    [
      `${FILE}authentication:\n  scim:\n    tenantId: a\n    bearerToken: x\n`,
      'authentication.scim.bearerToken',
      /^write `secretArn` and `property`, or/,
    ],
    [
      `${FILE}state:\n  my-state\n`,
      'state',
      /^write `state:`, and its keys on lines below it, indented: bucket, region$/,
    ],
  ])('%#: %s', (text, path, fix) => {
    const mistakes = mistakesIn(text);
    expect(mistakes.map((mistake) => mistake.path)).toEqual([path]);
    expect(mistakes[0]?.fix).toMatch(fix);
  });

  it.each([
    ['16.10', /^put it in quotes: "16\.10"$/],
    ['"16.14.0"', /^did you mean "16\.14"\?$/],
    ['161', /^did you mean "16\.1"\?$/],
    ['"61"', /^did you mean "16"\?$/],
    ['"1.6"', /^did you mean "16"\?$/],
    ['16,4', /^did you mean "16\.4"\?$/],
    ['"16-4"', /^did you mean "16\.4"\?$/],
    ['v17', /^did you mean "17"\?$/],
    ['PostgreSQL 18', /^did you mean "18"\?$/],
    ['postgres15.8', /^did you mean "15\.8"\?$/],
    ['17.x', /^did you mean "17"\?$/],
    ['"16.0"', /^write 16, without quotes$/],
    ['"14"', /^write the major version/],
    ['"19"', /^write the major version/],
    ['"9.6"', /^write the major version/],
    ['latest', /^write the major version/],
  ])('engine: %s', (engine, fix) => {
    const mistakes = mistakesIn(inDatabase(`engine: ${engine}`));
    expect(mistakes.map((mistake) => mistake.path)).toEqual(['database.engine']);
    expect(mistakes[0]?.fix).toMatch(fix);
  });

  it.each([
    ['eu-west-1a', ['region']],
    ['eu-wset-1', ['region']],
    ['eu-west-2', ['authentication.apiKeys.secretArn']],
  ])('compares an ARN with a region only if that is one: %s', (region, paths) => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform/keys-a1b2c3';
    const keys = `authentication:\n  apiKeys: { secretArn: '${arn}', property: keys }\n`;
    const mistakes = mistakesIn(change('eu-west-1', region) + keys);
    expect(mistakes.map(({ path }) => path)).toEqual(paths);
    if (paths[0] !== 'region') expect(mistakes[0]?.fix).toMatch(/replica; or correct `region`$/);
  });

  it('comes line by line', () => {
    const text = inDatabase('instanceClass: db.m7g.larg\n  multiAz: yes').replace('eu-west-1', 'eu-wst-1');
    expect(mistakesIn(text).map(({ path }) => path)).toEqual(['region', 'database.instanceClass', 'database.multiAz']);
  });

  it('takes an object of Kubernetes for one, and not for an environment', () => {
    const mistakes = mistakesIn('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n');
    expect(mistakes.map(({ got }) => got)).toEqual(['a ConfigMap of v1']);
  });

  it.each([
    '{ toString: x }',
    '[{ toString: x }]',
    '{ constructor: x }',
    '{ hasOwnProperty: x }',
    '{ __proto__: x }',
  ])('tells what is wrong with %s in place of a value', (value) => {
    const keys = FILE.split('\n').filter((line) => line !== '');
    for (const line of [...keys, '  engine: 16', '  replicas: 2'].filter((one) => !one.endsWith(':'))) {
      const mistaken = line.replace(/: .*/, `: ${value}`);
      const text = keys.includes(line) ? change(line, mistaken) : inDatabase(mistaken.trim());
      expect(mistakesIn(text).length).toBeGreaterThan(0);
    }
    const values = [
      'api: { resources: { limits: { memory: X } } }',
      'api: { args: [X] }',
      'extra: { kind: X, data: { a: b } }',
    ];
    for (const one of values) {
      const text = `${FILE}  values: { controlPlane: { ${one.replace('X', value)} } }\n`;
      expect(() => mistakesIn(text)).not.toThrow();
    }
  });

  it('accepts a region that is newer than the list, with a bundle of certificates', () => {
    const text = change('eu-west-1', 'eu-west-9');
    expect(mistakesIn(text).map(({ path }) => path)).toEqual(['region']);
    expect(mistakesIn(text.replace('release:', '  caBundleFile: eu-west-9.pem\nrelease:'))).toEqual([]);
  });
});
