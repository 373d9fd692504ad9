import type { Environment } from '../../contract/environment/environment';
import { minimal, parsed, synthesize, synthesizeDatabase } from '../support/synth/environments';
import { type Block, strings, type Template } from '../support/synth/template';

type Sections = Readonly<Record<string, object | string | boolean>>;

/** The shortest environment, with more keys in some sections. */
function environmentWith(sections: Sections): Environment {
  const content: Record<string, unknown> = { ...minimal() };
  for (const [name, more] of Object.entries(sections)) {
    content[name] = typeof more === 'object' ? { ...(content[name] as object), ...more } : more;
  }
  return parsed(content);
}

const withKeys = (sections: Sections) => synthesize(environmentWith(sections));
const databaseWith = (sections: Sections) => synthesizeDatabase(environmentWith(sections));

const statementsOf = (template: Template): Block[] =>
  Object.values<Block>(template.json.data.aws_iam_policy_document).flatMap(({ statement }) => statement);
const trustOf = (template: Template, role: string): Block => {
  const { assume_role_policy: policy } = template.resource('aws_iam_role', ({ name }) => name === role);
  const [, document = ''] = /aws_iam_policy_document\.([\w-]+)\.json/.exec(policy) ?? [];
  return template.json.data.aws_iam_policy_document[document].statement[0];
};

const everything = withKeys({
  database: { iamAuthentication: true, access: { cidrs: ['10.0.0.0/8'], securityGroupIds: ['sg-0a1b2c3d'] } },
  podRoles: {
    api: { policyArns: ['arn:aws:iam::111122223333:policy/reports'] },
    scanner: { policyArns: ['arn:aws:iam::111122223333:policy/scan'] },
  },
});

describe('the policies', () => {
  it('allow no action and no resource by a wildcard', () => {
    const allowed = statementsOf(everything.database).filter(({ effect }) => effect !== 'Deny');
    expect(allowed.length).toBeGreaterThan(10);
    for (const { actions } of allowed) {
      for (const action of actions) expect(action).not.toMatch(/^\*|:\*$/);
    }
    const wildcards = allowed.filter(({ resources = [] }) => resources.includes('*')).map(({ sid }) => sid);
    // Within the policy of a key, `*` is that key.
    expect(wildcards).toEqual(['Administration', 'UseThroughServices', 'GrantsToServices', 'Logs', 'Notifications']);
  });

  it('name the partition of the account, whichever it is', () => {
    const arns = strings(everything.database.json).flatMap((text) => text.match(/arn:[^:]*:/g) ?? []);
    const literal = arns.filter((arn) => !arn.startsWith('arn:${data.aws_partition.'));
    // What the environment file gave.
    expect(new Set(literal)).toEqual(new Set(['arn:aws:']));
    expect(
      strings(everything.database.json)
        .filter((text) => text.includes('arn:aws:'))
        .sort(),
    ).toEqual(['arn:aws:iam::111122223333:policy/reports', 'arn:aws:iam::111122223333:policy/scan']);
  });

  it('let the API connect as the logins of the application, and as no one else', () => {
    const [statement, ...others] = statementsOf(everything.database).filter(({ actions }) =>
      actions.includes('rds-db:connect'),
    );
    expect(others).toEqual([]);
    expect(statement.resources).toEqual(
      ['agent_bom_app', 'agent_bom_app_b'].map((login) =>
        expect.stringMatching(
          new RegExp(
            `^arn:\\$\\{data\\.aws_partition\\.\\w+\\.partition\\}:rds-db:eu-west-1:\\$\\{.*\\.account_id\\}:dbuser:` +
              `\\$\\{aws_db_instance\\.\\w+\\.resource_id\\}/${login}$`,
          ),
        ),
      ),
    );
    expect(synthesizeDatabase(parsed(minimal())).text).not.toContain('rds-db:connect');
  });
});

describe('the roles', () => {
  const of = (kind: string) => withKeys({ cluster: { podRoles: kind } });
  const irsa = of('irsa');
  const identity = of('pod-identity');
  const names = ['api', 'scanner', 'backup', 'secret-reader'].map((name) => `prod-agent-bom-${name}`);

  it('are for the ServiceAccounts of the chart and of the contract', () => {
    const subjects = names.map((name) => trustOf(irsa.database, name).condition[0].values[0]);
    expect(subjects).toEqual([
      'system:serviceaccount:agent-bom:agent-bom-prod-api',
      'system:serviceaccount:agent-bom:agent-bom-prod-scanner',
      'system:serviceaccount:agent-bom:agent-bom-backup',
      'system:serviceaccount:agent-bom:agent-bom-secret-reader',
    ]);
    expect(irsa.database.resources('aws_eks_pod_identity_association')).toEqual([]);
    expect(irsa.workload.text).not.toContain('aws_iam_openid_connect_provider');
  });

  it('are with Pod Identity associated, the one of the reader with the operator, which reads as itself', () => {
    for (const name of names) {
      expect(trustOf(identity.database, name).principals[0].identifiers).toEqual(['pods.eks.amazonaws.com']);
    }
    const accounts = identity.database
      .resources('aws_eks_pod_identity_association')
      .map(({ namespace, service_account: account }) => `${namespace}/${account}`);
    expect(accounts.sort()).toEqual([
      'agent-bom/agent-bom-backup',
      'agent-bom/agent-bom-prod-api',
      'agent-bom/agent-bom-prod-scanner',
      'external-secrets/external-secrets',
    ]);
    expect(identity.database.text).not.toContain('openid');
    const own = identity.workload.resources('kubernetes_service_account_v1').map(({ metadata }) => metadata);
    expect(own.map(({ name }) => name)).toEqual(['agent-bom-backup', 'agent-bom-migration', 'agent-bom-revoke']);
    for (const metadata of own) expect(metadata).not.toHaveProperty('annotations');
    expect(identity.workload.manifests('SecretStore')[0].manifest.spec.provider.aws).not.toHaveProperty('auth');
    expect(identity.workload.unresolvedReferences()).toEqual([]);
  });

  it('have the boundary that is given, all of them', () => {
    const boundary = 'arn:aws:iam::111122223333:policy/boundary';
    const roles = databaseWith({ cluster: { permissionsBoundaryArn: boundary } }).resources('aws_iam_role');
    expect(roles.map(({ permissions_boundary: found }) => found)).toEqual(Array(5).fill(boundary));
    for (const role of irsa.database.resources('aws_iam_role')) {
      for (const absent of ['permissions_boundary', 'path']) expect(role).not.toHaveProperty(absent);
    }
    const rolePath = '/platform/agent-bom/';
    const inPath = databaseWith({ cluster: { ...minimal().cluster, rolePath } }).resources('aws_iam_role');
    expect(inPath.map(({ path }) => path)).toEqual(Array(5).fill(rolePath));
  });
});

describe('the database admits', () => {
  const sourcesOf = (template: Template) =>
    template
      .resources('aws_vpc_security_group_ingress_rule')
      .map(({ cidr_ipv4: cidr, referenced_security_group_id: group }) => cidr ?? group)
      .sort();

  it('the cluster, and whom the environment names', () => {
    expect(sourcesOf(everything.database)).toEqual([
      expect.stringMatching(/cluster_security_group_id\}$/),
      '10.0.0.0/8',
      'sg-0a1b2c3d',
    ]);
    expect(everything.database.resources('aws_vpc_security_group_egress_rule')).toEqual([]);
    expect(everything.workload.manifests('SecurityGroupPolicy')).toEqual([]);
  });

  it('only whom the environment names', () => {
    const database = databaseWith({ database: { access: { pods: 'none', cidrs: ['10.0.0.0/8'] } } });
    expect(sourcesOf(database)).toEqual(['10.0.0.0/8']);
  });

  it('the pods of the namespace alone, which have their group before any of them starts', () => {
    const { database, workload } = withKeys({ database: { access: { pods: 'namespace' } } });
    expect(sourcesOf(database)).toEqual([expect.stringMatching(/^\$\{aws_security_group\.pods_group_\w+\.id\}$/)]);
    expect(database.resource('aws_vpc_security_group_egress_rule').from_port).toBe(5432);
    const [policy] = workload.manifests('SecurityGroupPolicy');
    expect(policy.manifest.spec.securityGroups.groupIds).toEqual([
      expect.stringContaining('terraform_remote_state'),
      expect.stringMatching(/^\$\{data\.aws_eks_cluster\..*cluster_security_group_id\}$/),
    ]);
    const addresses = workload.addresses().filter((address) => /^(?:kubernetes_job|helm_release)/.test(address));
    expect(addresses).toHaveLength(3);
    for (const address of addresses) {
      expect([...workload.prerequisites(address)]).toContainEqual(
        expect.stringMatching(/^kubernetes_manifest\.pod-firewall_policy_/),
      );
    }
  });

  it('no one in another VPC than the one that is given', () => {
    const database = databaseWith({ cluster: { vpcId: 'vpc-0a1b2c3d', securityGroupId: 'sg-1a2b3c4d' } });
    expect(database.resource('aws_security_group').vpc_id).toBe('vpc-0a1b2c3d');
    expect(sourcesOf(database)).toEqual(['sg-1a2b3c4d']);
  });

  it('and takes the subnets of the cluster when none are given, at the same addresses', () => {
    const { subnetIds: _, ...rest } = minimal().database;
    const database = synthesizeDatabase(parsed({ ...minimal(), database: rest }));
    expect(database.resource('aws_db_subnet_group').subnet_ids).toMatch(/^\$\{\[for subnet in data\.aws_subnet\./);
    expect(database.addresses()).toEqual(synthesizeDatabase(parsed(minimal())).addresses());
    expect(database.unresolvedReferences()).toEqual([]);
  });
});

describe('the alarms', () => {
  const database = synthesizeDatabase(parsed(minimal()));
  const thresholdOf = (template: Template, name: string) =>
    template.resource('aws_cloudwatch_metric_alarm', ({ alarm_name: found }) => found === `prod-agent-bom-${name}`)
      .threshold;

  it('follow from the environment', () => {
    expect(thresholdOf(database, 'cpu')).toBe(80);
    expect(thresholdOf(database, 'memory')).toBe(214_748_364);
    expect(thresholdOf(database, 'connections')).toBe(85);
    // A twentieth of what the storage has grown to, not of its size at the start.
    expect(thresholdOf(database, 'storage')).toMatch(
      /^\$\{floor\(\(aws_db_instance\.[\w-]+\.allocated_storage \* 53687091\.2\)\)\}$/,
    );
    const larger = databaseWith({
      database: { instanceClass: 'db.r7g.large', storageGib: 200 },
      release: { replicas: 4 },
      alarms: { cpuPercent: 90 },
    });
    expect(thresholdOf(larger, 'cpu')).toBe(90);
    expect(thresholdOf(larger, 'memory')).toBe(858_993_459);
    // 5 pods with surge: 122 application, 22 maintenance, 4 backup, 3 administration.
    expect(thresholdOf(larger, 'connections')).toBe(135);
  });

  it('all go to the topic, whose messages the key encrypts', () => {
    const topic = expect.stringMatching(/^\$\{aws_sns_topic\.watch_topic_\w+\.arn\}$/);
    const sounding = database.resources('aws_cloudwatch_metric_alarm');
    expect(sounding).toHaveLength(13);
    for (const { alarm_actions: actions, ok_actions: ok } of sounding)
      expect([actions, ok]).toEqual([[topic], [topic]]);
    expect(database.resource('aws_sns_topic').kms_master_key_id).toMatch(/^\$\{aws_kms_key\./);
    expect(database.json.output.alarm_topic_arn.value).toEqual(topic);
  });

  it('are there after the database, and the rule that counts its backups is not: the first one counts', () => {
    const databaseBefore = (part: string) => {
      const [address = ''] = database.addresses().filter((candidate) => candidate.includes(part));
      return [...database.prerequisites(address)].filter((candidate) => candidate.startsWith('aws_db_instance.'));
    };
    expect(databaseBefore('aws_cloudwatch_metric_alarm.watch_alarms_cpu')).toHaveLength(1);
    expect(databaseBefore('aws_cloudwatch_event_rule.watch_backups_database')).toEqual([]);
  });

  it('are heard in a topic that is given, with nothing for it in the key', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:111122223333:oncall';
    const given = databaseWith({ alarms: { topicArn } });
    expect(given.resources('aws_sns_topic')).toEqual([]);
    expect(given.json.output.alarm_topic_arn.value).toBe(topicArn);
    expect(given.text).not.toContain('Notifications');
  });

  it('are not there when they are not wanted', () => {
    const quiet = databaseWith({ alarms: { enabled: false } });
    expect(quiet.text).not.toMatch(
      /sns|sqs|metric_filter|cloudwatch_metric_alarm|event_rule|event_subscription|eventbridge/,
    );
    expect(quiet.json.output).not.toHaveProperty('alarm_topic_arn');
  });
});

describe('the age of the newest dump', () => {
  it('sounds no alarm where no dumps are made', () => {
    const names = (backup: object) =>
      databaseWith({ backup })
        .resources('aws_cloudwatch_metric_alarm')
        .map(({ alarm_name: name }) => name);
    const expected = names({ enabled: true });
    const without = names({ enabled: false });
    expect(expected).toHaveLength(13);
    expect(without).toHaveLength(12);
    expect(expected.filter((name) => !without.includes(name))).toEqual([expect.stringContaining('dump')]);
  });

  it.each([
    ['0 3 * * *', {}, 26],
    ['0 3 * * 1,4', {}, 98],
    ['0 3 * * *', { dumpAgeHours: 40 }, 40],
    ['0 3 * * 1', {}, undefined],
  ])('follows %s with %j: %p hours', (schedule, alarms, hours) => {
    const dump = databaseWith({ backup: { schedule }, alarms })
      .resources('aws_cloudwatch_metric_alarm')
      .find(({ alarm_name: name }) => name.includes('dump'));
    expect(dump?.evaluation_periods).toBe(hours);
  });
});

describe('the annotations of the chart’s ServiceAccounts', () => {
  const own = { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/own' } };
  const values = { controlPlane: { api: { serviceAccount: own } } };
  const release = { ...minimal().release, values };

  it('are the user’s where the role may do nothing', () => {
    const documents = withKeys({ release, reports: { store: 'off' } }).workload.resource('helm_release').values;
    expect(documents).toHaveLength(1);
    expect(documents[0]).toContain('role/own');
  });

  it.each([
    [{ podRoles: { api: { policyArns: ['arn:aws:iam::111122223333:policy/reports'] } } }],
    [{ database: { ...minimal().database, iamAuthentication: true } }],
  ])('are refused where it may: %j', (keys) => {
    expect(withKeys(keys).workload.resource('helm_release').values).toHaveLength(2);
    expect(() => withKeys({ ...keys, release })).toThrow();
  });
});

describe('the roles of the chart’s ServiceAccounts', () => {
  const policyArns = ['arn:aws:iam::111122223333:policy/one'];
  const off = { reports: { store: 'off' } };

  it.each<[Parameters<typeof withKeys>[0], string[]]>([
    [off, []],
    [{}, ['api']],
    [{ ...off, database: { ...minimal().database, iamAuthentication: true } }, ['api']],
    [{ ...off, podRoles: { api: { policyArns } } }, ['api']],
    [{ ...off, podRoles: { scanner: { policyArns } } }, ['scanner']],
  ])('are those that may do something: %j', (keys, workloads) => {
    const { values } = withKeys(keys).workload.resource('helm_release');
    const roles = [...values.join().matchAll(/aws_iam_roleroles_([a-z]+)_role_/g)].map(([, workload]) => workload);
    expect(roles).toEqual(workloads);
  });
});

describe('an environment with the longest name', () => {
  it('stays within what AWS accepts for the names of roles and rules', () => {
    const database = databaseWith({ name: 'a'.repeat(40) });
    for (const type of ['aws_iam_role', 'aws_cloudwatch_event_rule']) {
      for (const { name } of database.resources(type)) expect(name.length).toBeLessThanOrEqual(64);
    }
  });
});
