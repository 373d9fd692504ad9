import { ACCESS_FAULTS } from './faults/access';
import { ARCHIVE_FAULTS } from './faults/archive';
import { AWS_FAULTS } from './faults/aws';
import { BACKUP_FAULTS } from './faults/backup';
import { CHECK_FAULTS } from './faults/checks';
import { CONTENT_FAULTS } from './faults/contents';
import { DATABASE_FAULTS } from './faults/database';
import { JOB_FAULTS } from './faults/jobs';
import { KUBERNETES_FAULTS, STACK_FAULTS } from './faults/kubernetes';
import { MIGRATION_FAULTS } from './faults/migrations';
import { PLANTED_FAULTS } from './faults/planted';
import { POD_FAULTS } from './faults/pods';
import { POLICY_FAULTS } from './faults/policies';
import { PROVIDER_FAULTS } from './faults/provider';
import { RULE_FAULTS } from './faults/rules';
import { DUMP_FAULTS } from './faults/scripts/dumps';
import { PLACE_FAULTS } from './faults/scripts/places';
import { RESTORE_FAULTS } from './faults/scripts/restores';
import { SCRIPT_FAULTS } from './faults/scripts/steps';
import { TOOL_FAULTS } from './faults/scripts/tools';
import { SESSION_FAULTS } from './faults/sessions';
import { SQL_FAULTS } from './faults/sql';
import { STEP_FAULTS } from './faults/steps';
import { VERIFY_FAULTS } from './faults/verify';

/** Every fault that the tests have to notice. */
export const FAULTS = [
  ...MIGRATION_FAULTS,
  ...STEP_FAULTS,
  ...SQL_FAULTS,
  ...SESSION_FAULTS,
  ...VERIFY_FAULTS,
  ...PLANTED_FAULTS,
  ...CHECK_FAULTS,
  ...BACKUP_FAULTS,
  ...ARCHIVE_FAULTS,
  ...DUMP_FAULTS,
  ...CONTENT_FAULTS,
  ...RESTORE_FAULTS,
  ...PLACE_FAULTS,
  ...SCRIPT_FAULTS,
  ...TOOL_FAULTS,
  ...DATABASE_FAULTS,
  ...PROVIDER_FAULTS,
  ...ACCESS_FAULTS,
  ...POLICY_FAULTS,
  ...POD_FAULTS,
  ...JOB_FAULTS,
  ...STACK_FAULTS,
  ...AWS_FAULTS,
  ...KUBERNETES_FAULTS,
  ...RULE_FAULTS,
];
