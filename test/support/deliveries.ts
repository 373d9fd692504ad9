import { stringify } from 'yaml';
import { minimal, parsed, synthesize } from './environments';
import type { Template } from './template';

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform/agent-bom-a1b2c3';
export const VERSION_ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** Ways to authenticate whose secrets are in Secrets Manager. */
export const STORED_AUTHENTICATION = {
  apiKeys: { secretArn: SECRET_ARN, property: 'api-keys' },
  scim: { bearerToken: { secretArn: SECRET_ARN, property: 'scim', versionId: VERSION_ID } },
};

/** Both stacks of the shortest environment file with these keys of `secrets` and these other keys. */
export function withSecrets(secrets: object, more: object = {}): { database: Template; workload: Template } {
  return synthesize(parsed({ ...minimal(), secrets, ...more }));
}

/** The text of the shortest environment file with these keys changed. */
export function fileWith(more: object): string {
  return stringify({ ...minimal(), ...more });
}
