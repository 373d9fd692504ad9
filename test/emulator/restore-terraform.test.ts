import { generationTag, restoreNames } from '../../commands/restore/restore-plan';
import { EMULATED_ACCOUNT, Emulator } from '../support/aws/emulator';
import { describeWithAwsProvider, FrontDoor, makeSurroundings } from '../support/aws/terraform/front-door';
import { ENVIRONMENTS, full } from '../support/aws/terraform/full-environment';
import { kill } from '../support/cluster/kill';
import { ScalableCluster } from '../support/commands/scalable-cluster';
import type { Block } from '../support/synth/template';

jest.setTimeout(3_600_000);

const CURRENT = 'prod-agent-bom';
/** Not of an instance: the emulator gives every one the same resource id, by which Terraform's state tells them apart. */
const [, BEFORE] = ENVIRONMENTS.find(([form]) => form === 'aurora') ?? [];

describeWithAwsProvider()('restore --to, with the real provider at an emulated AWS', () => {
  let emulator: Emulator;
  let cluster: ScalableCluster;
  let door: FrontDoor;
  beforeEach(async () => {
    emulator = await Emulator.start({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
    cluster = await ScalableCluster.start();
    door = new FrontDoor(emulator, cluster.programs.directory);
  });
  afterEach(async () => {
    door.remove();
    await cluster.stop();
    await emulator.stop();
  });

  async function ends(...words: string[]): Promise<string> {
    const { code, said } = await door.run(...words);
    expect({ words, code, said: code === 0 ? '' : said }).toEqual({ words, code: 0, said: '' });
    return said;
  }

  /** Restores until a step begins, and is killed there with all that it started. */
  async function killedAt(step: string, moment: string): Promise<void> {
    const { child, ended, said } = door.begin('restore', '--environment', 'prod', '--to', moment, '--yes');
    const look = setInterval(() => {
      if (new RegExp(`^${step} `, 'm').test(said())) kill(child.pid ?? 0, 'all');
    }, 20);
    await ended;
    clearInterval(look);
    expect({ step, signal: child.signalCode, said: child.signalCode === null ? said() : '' }).toEqual({
      ...{ step, signal: 'SIGKILL', said: '' },
    });
  }

  it('of a cluster, killed and repeated: Terraform manages the restored one', async () => {
    const clusters = (): Record<string, Block> =>
      Object.fromEntries(
        (emulator.aws('rds', 'describe-db-clusters') as Block).DBClusters.map((one: Block) => [
          one.DBClusterIdentifier,
          one,
        ]),
      );
    door.write(full(makeSurroundings(emulator), BEFORE ?? {}));
    await ends('deploy', 'prod', '--yes', '--no-preflight');
    const bucket = `prod-agent-bom-${EMULATED_ACCOUNT}`;
    // It refuses what is not encrypted on its way, as all is to the emulator. The next deployment writes the policy again.
    emulator.aws('s3api', 'delete-bucket-policy', '--bucket', bucket);
    for (const kind of ['dump', 'manifest']) {
      emulator.aws('s3api', 'put-object', '--bucket', bucket, '--key', `dumps/a/a.${kind}`, '--body', __filename);
    }
    // The emulator can restore to every moment of the database but the last one.
    const moment = `${new Date(Date.now() - 10_000).toISOString().slice(0, 19)}Z`;
    const names = restoreNames(CURRENT, moment);
    await killedAt('set-aside', moment);
    await killedAt('state', moment);
    const said = await ends('restore', '--environment', 'prod', '--to', moment, '--yes');
    expect(said.split('\n').filter((line) => /^\d +proven +\S/.test(line))).toHaveLength(5);
    const found = clusters();
    expect(Object.keys(found).sort()).toEqual([CURRENT, names.previous].sort());
    expect(found[names.previous]?.TagList).toContainEqual({ Key: generationTag(names), Value: '2' });
    expect(found[CURRENT]?.TagList).not.toContainEqual(expect.objectContaining({ Key: generationTag(names) }));
    expect(found[CURRENT]?.MasterUserSecret.SecretStatus).toBe('active');
    expect(found[CURRENT]?.DBClusterMembers).toHaveLength(2);
    expect(cluster.replicas()).toBe('2');
    // The emulator makes another secret when it is told to manage a password that it manages already.
    const { said: plan } = await door.run('plan', 'prod', '--detailed-exitcode');
    expect(plan).toContain('prod-database  only outputs change\nprod-workload  no changes\n');
  });
});
