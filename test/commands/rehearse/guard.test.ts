import { REHEARSAL_LABEL, refuseProduction } from '../../../commands/rehearse/cluster/guard';
import { Kubectl } from '../../../commands/shared/cluster/kubectl';
import { ContractError } from '../../../contract/error';
import { standInsOnPath } from '../../support/commands/stand-ins';

interface Cluster {
  readonly context: string;
  readonly cluster?: string;
  readonly server?: string;
  readonly nodes?: number;
  readonly providerID?: string;
  readonly namespace?: object | '';
}

// Every question starts a process.
jest.setTimeout(60_000);

describe('the guard of a rehearsal', () => {
  const path = standInsOnPath();

  async function mistakesOf(found: Cluster, allowed?: string): Promise<[string | undefined, string | undefined][]> {
    const {
      context,
      cluster = context,
      server = 'https://127.0.0.1:6443',
      nodes = 1,
      providerID,
      namespace = '',
    } = found;
    const ask = `--context ${context} --namespace rehearsal`;
    path.programs.write('kubectl', {
      [`${ask} config view`]: { clusters: [{ name: cluster, cluster: { server } }] },
      [`${ask} get nodes`]: { items: Array.from({ length: nodes }, () => ({ spec: { providerID } })) },
      [`${ask} get namespace rehearsal`]: namespace,
    });
    const error = await refuseProduction(new Kubectl({ context, namespace: 'rehearsal' }), 'rehearsal', allowed).catch(
      (caught: unknown) => caught,
    );
    if (error === undefined) return [];
    expect(error).toBeInstanceOf(ContractError);
    return (error as ContractError).mistakes.map(({ path, got }) => [path, got]);
  }

  it.each<Cluster>([
    { context: 'kind-kind', providerID: 'kind://docker/kind/kind-control-plane' },
    { context: 'k3d-test', nodes: 5, providerID: 'k3s://k3d-test-server-0' },
    { context: 'minikube', server: 'https://192.168.49.2:8443' },
    { context: 'throwaway', server: 'https://[::1]:6443' },
  ])('lets $context pass', async (found) => expect(await mistakesOf(found)).toEqual([]));

  it.each<[string, Cluster, string]>([
    [
      'the ARN of EKS',
      { context: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod' },
      'a cluster of EKS by its name or address',
    ],
    [
      'the ARN of EKS in China',
      { context: 'arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod' },
      'a cluster of EKS by its name or address',
    ],
    [
      'an alias for EKS',
      { context: 'prod', cluster: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod' },
      'a cluster of EKS by its name or address',
    ],
    [
      'the host of EKS',
      { context: 'prod', server: 'https://0A1B.gr7.eu-west-1.eks.amazonaws.com' },
      'a cluster of EKS by its name or address',
    ],
    [
      'the host of AKS',
      { context: 'prod', server: 'https://prod-0a1b.hcp.westeurope.azmk8s.io:443' },
      'a cluster of AKS by its name or address',
    ],
    ['the name of GKE', { context: 'gke_project_europe-west1_prod' }, 'a cluster of GKE by its name or address'],
    [
      'nodes of AWS',
      { context: 'prod', providerID: 'aws:///eu-west-1a/i-0a1b' },
      'a node in a cloud: aws:///eu-west-1a/i-0a1b',
    ],
    ['six nodes', { context: 'lab', nodes: 6 }, '6 nodes'],
  ])('refuses %s, unless its context is named twice', async (_, found, got) => {
    expect(await mistakesOf(found)).toEqual([['--context', got]]);
    expect(await mistakesOf(found, 'another')).toEqual([['--context', got]]);
    expect(await mistakesOf(found, found.context)).toEqual([]);
  });

  it('refuses a namespace of others always, and takes one that a rehearsal left', async () => {
    const foreign = { metadata: { name: 'rehearsal', labels: { team: 'payments' } } };
    const refusal = [['--namespace', 'rehearsal, which exists and is not of a rehearsal']];
    expect(await mistakesOf({ context: 'kind-kind', namespace: foreign })).toEqual(refusal);
    expect(await mistakesOf({ context: 'kind-kind', namespace: foreign }, 'kind-kind')).toEqual(refusal);
    const left = { metadata: { name: 'rehearsal', labels: { [REHEARSAL_LABEL]: 'yes' } } };
    expect(await mistakesOf({ context: 'kind-kind', namespace: left })).toEqual([]);
  });
});
