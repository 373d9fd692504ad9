import { minimal } from '../../synth/environments';
import type { Block } from '../../synth/template';
import { over } from '../../synth/varieties';
import type { Surroundings } from './front-door';

/** Nearly everything that a database can have and that the emulator knows. */
export function full({ vpcId, subnetIds, securityGroupId }: Surroundings, more: Block): Block {
  const everything = {
    cluster: { name: 'platform', vpcId, securityGroupId, rolePath: '/platform/' },
    database: {
      subnetIds,
      access: { cidrs: ['10.20.0.0/16'], securityGroupIds: [securityGroupId] },
      iamAuthentication: true,
      backupRetentionDays: 7,
    },
    alarms: { emails: ['oncall@example.com'] },
    tags: { 'cost-center': '1234' },
  };
  return over(over(minimal(), everything), more);
}

/** Engine type, and the keys before and after a change. */
export const ENVIRONMENTS: readonly [form: string, before: Block, after: Block][] = [
  [
    'instance',
    { database: { engine: '16.4', instanceClass: 'db.m7g.large', storageGib: 100, maximumStorageGib: 600 } },
    { database: { engine: '16.6', instanceClass: 'db.m7g.xlarge', storageGib: 400, backupRetentionDays: 14 } },
  ],
  [
    'aurora',
    { database: { form: 'aurora', engine: '16.4', instanceClass: 'db.r7g.large', aurora: { readers: 1 } } },
    { database: { engine: '16.6', instanceClass: 'db.r7g.xlarge', aurora: { readers: 2 }, backupRetentionDays: 14 } },
  ],
];
