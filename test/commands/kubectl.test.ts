import { Kubectl } from '../../commands/shared/cluster/kubectl';
import { UnreachableError } from '../../commands/shared/output/exit-code';
import { ContractError } from '../../contract/error';
import { StandIns } from '../support/commands/stand-ins';

/** Complaints as kubectl 1.34 and its API server wrote them. */
const COMPLAINTS = [
  ['context', 'Error in configuration: context was not found for specified context: nope'],
  ['context', 'error: stat /tmp/nope.yaml: no such file or directory'],
  ['context', 'error: current-context is not set'],
  [
    'unreachable',
    'E1127 16:22:09 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"\n' +
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
  ],
  ['unreachable', 'Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout'],
  ['unreachable', 'Unable to connect to the server: tls: failed to verify certificate: x509: unknown authority'],
  ['unauthorized', 'error: You must be logged in to the server (Unauthorized)'],
  [
    'unauthorized',
    'Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255',
  ],
  [
    'forbidden',
    'Error from server (Forbidden): pods is forbidden: User "eve" cannot list resource "pods" in API group ""',
  ],
  ['not-found', 'Error from server (NotFound): cronjobs.batch "agent-bom-verify" not found'],
  ['exists', 'Error from server (AlreadyExists): jobs.batch "a" already exists'],
  ['refused', 'error: unknown flag: --nope'],
] as const;

describe('kubectl', () => {
  let programs: StandIns;
  const previous = { PATH: process.env.PATH, KUBECTL: process.env.KUBECTL };

  beforeEach(() => {
    programs = new StandIns();
    process.env.PATH = programs.directory;
    delete process.env.KUBECTL;
  });
  afterEach(() => {
    process.env.PATH = previous.PATH;
    if (previous.KUBECTL === undefined) delete process.env.KUBECTL;
    else process.env.KUBECTL = previous.KUBECTL;
    programs.remove();
  });

  it('asks the cluster and the namespace that it was given, and reads JSON', async () => {
    programs.write('kubectl', { '': { items: [1] } });
    const kubectl = new Kubectl({ context: 'here', kubeconfig: '/config' });
    expect(await kubectl.inNamespace('agent-bom').json(['get', 'pods'])).toEqual({ items: [1] });
    await kubectl.text(['version']);
    await new Kubectl().text(['version']);
    expect(programs.asked()).toEqual([
      'kubectl --context here --kubeconfig /config --namespace agent-bom get pods --output json',
      'kubectl --context here --kubeconfig /config version',
      'kubectl version',
    ]);
  });

  it('takes no answer for null, and refuses what is not JSON', async () => {
    programs.write('kubectl', { 'get nothing': '', 'get text': 'a text' });
    expect(await new Kubectl().json(['get', 'nothing'])).toBeNull();
    await expect(new Kubectl().json(['get', 'text'])).rejects.toThrow(
      'kubectl answered with something that is not JSON',
    );
  });

  it('gives its input to kubectl', async () => {
    process.env.KUBECTL = '/bin/cat';
    expect(await new Kubectl().answer(['-'], { input: 'kind: Job' })).toEqual({ kind: 'answered', text: 'kind: Job' });
  });

  it.each(COMPLAINTS)('tells a refusal for the reason %p: %p', async (kind, complaint) => {
    programs.write('kubectl', { '': { complaint } });
    const reason = complaint.split('\n').at(-1);
    expect(await new Kubectl().answer(['get', 'pods'])).toEqual({ kind, reason });
    const error = await new Kubectl({ context: 'here' }).text(['get', 'pods']).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ContractError);
    expect(error instanceof UnreachableError).toBe(kind === 'unreachable' || kind === 'unauthorized');
    expect(error.mistakes).toEqual([
      { path: 'kubectl --context here get pods', got: reason, rule: expect.any(String), fix: expect.any(String) },
    ]);
  });

  it('names the program that is missing, and the variable that names another', async () => {
    await expect(new Kubectl().text(['version'])).rejects.toThrow(/kubectl is not on the PATH\n.*\n.*in KUBECTL/);
    process.env.KUBECTL = '/nowhere/kubectl';
    await expect(new Kubectl().text(['version'])).rejects.toThrow('/nowhere/kubectl');
  });

  it('is unreachable where it does not answer in time', async () => {
    programs.write('kubectl', { '': 'hangs' });
    const answer = await new Kubectl().answer(['get', 'pods'], { timeoutMs: 300 });
    expect(answer).toEqual({ kind: 'unreachable', reason: 'kubectl did not answer within 0.3 seconds' });
  });
});
