import type { Construct } from 'constructs';
import type { Mistake } from '../../../contract/error';
import { MonitoringRole } from '../iam/monitoring-role';
import type { PostgresServerProps } from './postgres-server';

const LONGEST_RETENTION_DAYS = 35;
/** Days of history: what Database Insights has at no charge, and what its advanced mode asks for. */
const INSIGHTS_DAYS = { standard: 7, advanced: 465 };

/**
 * Hours are rare, and waiting costs nothing. When the time is up Terraform counts a database that is still being restored,
 * upgraded or kept in a final snapshot as broken, and wants to replace it.
 */
export const TIMEOUTS = { create: '4h', update: '4h', delete: '4h' };

/** Settings of the engine that both forms share. */
export function engineSettings({ engineMajor }: PostgresServerProps) {
  return {
    // The major version alone: a minor one would be reverted in every plan after RDS has upgraded it.
    engineVersion: engineMajor,
    allowMajorVersionUpgrade: true,
    // Extended support would begin by itself at the version's end of life, and is billed by vCPU and hour.
    engineLifecycleSupport: 'open-source-rds-extended-support-disabled',
  };
}

/** Who may connect, and how, for both forms. */
export function accessSettings({ network, key, iamAuthentication }: PostgresServerProps) {
  return {
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: key.arn,
    dbSubnetGroupName: network.subnetGroupName,
    vpcSecurityGroupIds: [network.securityGroupId],
    iamDatabaseAuthenticationEnabled: iamAuthentication,
  };
}

/** What keeps the data of both forms beyond a deletion. */
export function protectionSettings({ backupRetentionDays, deletionProtection }: PostgresServerProps) {
  return {
    backupRetentionPeriod: backupRetentionDays,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: false,
    deletionProtection,
    skipFinalSnapshot: false,
  };
}

/** History of the load, for an instance and for a cluster. */
export function insightsSettings({ insights, key }: PostgresServerProps) {
  return {
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: key.arn,
    performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
  };
}

/** Measurements of the operating system of an instance, and the role for them if there are any. */
export function monitoringSettings(scope: Construct, props: PostgresServerProps) {
  const { monitoringSeconds, monitoringRoleName, account } = props;
  const role =
    monitoringSeconds > 0 ? new MonitoringRole(scope, 'monitoring', { name: monitoringRoleName, account }) : undefined;
  return { monitoringInterval: monitoringSeconds, monitoringRoleArn: role?.arn };
}

/** What is wrong with the settings that both forms share. */
export function serverMistakes(path: string, { backupRetentionDays }: PostgresServerProps): Mistake[] {
  if (backupRetentionDays >= 1 && backupRetentionDays <= LONGEST_RETENTION_DAYS) return [];
  return [
    {
      path,
      got: `\`backupRetentionDays\` ${backupRetentionDays}`,
      rule: `automated backups are kept from 1 to ${LONGEST_RETENTION_DAYS} days; 0 would switch them off`,
      fix: 'give 14',
    },
  ];
}
