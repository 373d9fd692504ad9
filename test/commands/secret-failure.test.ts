import { plannedSecrets, secretFailure } from '../../commands/deploy/recovery/secret-failure';
import { Kubectl } from '../../commands/shared/cluster/kubectl';
import { type StandInAnswers, standInsOnPath } from '../support/commands/stand-ins';

const WHERE = '--namespace team --output json';
const SECRET = `get externalsecrets.external-secrets.io agent-bom-admin ${WHERE}`;
const STORE = `get secretstores.external-secrets.io reader ${WHERE}`;
const EVENTS =
  'get events --field-selector involvedObject.kind=ExternalSecret,involvedObject.name=agent-bom-admin,type=Warning';
const DENIED = 'err: AccessDeniedException: User: arn:aws:sts::1:assumed-role/reader is not authorized';

const ready = (status: string, reason: string, message: string): object => ({
  status: {
    conditions: [
      { type: 'Deleted', status: 'True' },
      { type: 'Ready', status, reason, message },
    ],
  },
});
const secret = (...condition: Parameters<typeof ready>): object => ({
  spec: { secretStoreRef: { kind: 'SecretStore', name: 'reader' } },
  ...ready(...condition),
});
const event = (lastTimestamp: string, message: string): object => ({ lastTimestamp, reason: 'UpdateFailed', message });
const GENERIC = secret('False', 'SecretSyncedError', 'could not get secret data from provider');
const TOLD = 'ExternalSecret agent-bom-admin: SecretSyncedError: could not get secret data from provider';

describe('an ExternalSecret', () => {
  const path = standInsOnPath();

  const told = (answers: StandInAnswers): Promise<readonly string[]> => {
    path.programs.write('kubectl', answers);
    return secretFailure(new Kubectl(), 'team', 'agent-bom-admin');
  };

  it('that gets no Secret is told with what Secrets Manager answered last', async () => {
    const items = [
      event('2030-01-01T00:00:02Z', `${DENIED}, RequestID: 0a-1b, to read\n it`),
      event('2030-01-01T00:00:01Z', 'earlier'),
    ];
    expect(await told({ [SECRET]: GENERIC, [STORE]: ready('True', 'Valid', 'ok'), [EVENTS]: { items } })).toEqual([
      TOLD,
      `UpdateFailed: ${DENIED} to read it`,
    ]);
  });

  it('whose store is not ready is told with why', async () => {
    const store = ready('False', 'InvalidProviderConfig', 'unable to create session: no role');
    expect(await told({ [SECRET]: GENERIC, [STORE]: store, [EVENTS]: { items: [] } })).toEqual([
      TOLD,
      'SecretStore reader: InvalidProviderConfig: unable to create session: no role',
    ]);
  });

  it('is told without what may not be read, and shortened at 600 characters', async () => {
    const complaint = 'Error from server (Forbidden): events is forbidden';
    const long = (length: number): object => secret('False', 'A', 'm'.repeat(length - 'A: '.length));
    const answers = { [STORE]: { complaint }, [EVENTS]: { complaint } };
    expect(await told({ [SECRET]: long(600), ...answers })).toEqual([expect.stringMatching(/: A: m{597}$/)]);
    expect(await told({ [SECRET]: long(601), ...answers })).toEqual([expect.stringMatching(/: A: m{597}…$/)]);
  });

  it.each<[string, StandInAnswers]>([
    ['is ready', { [SECRET]: secret('True', 'SecretSynced', 'done') }],
    ['was not looked at yet', { [SECRET]: { spec: {} } }],
    ['is not there', { [SECRET]: { complaint: 'Error from server (NotFound): not found' } }],
  ])('that %s has nothing wrong, and no more is asked', async (_, answers) => {
    expect(await told(answers)).toEqual([]);
    expect(path.programs.asked()).toHaveLength(1);
  });
});

it('the ExternalSecrets of a plan are those that it creates or has, by their address', () => {
  const manifest = (kind: string, name: string): object => ({ manifest: { kind, metadata: { name } } });
  const change = (address: string, after: unknown) => ({ address, change: { actions: ['create'], after } });
  expect([
    ...plannedSecrets({
      resource_changes: [
        change('kubernetes_manifest.a', manifest('ExternalSecret', 'agent-bom-admin')),
        change('kubernetes_manifest.b', manifest('SecretStore', 'reader')),
        change('kubernetes_job_v1.c', { metadata: [{}] }),
        change('kubernetes_manifest.d', null),
      ],
    }),
  ]).toEqual([['kubernetes_manifest.a', 'agent-bom-admin']]);
  expect([...plannedSecrets({})]).toEqual([]);
});
