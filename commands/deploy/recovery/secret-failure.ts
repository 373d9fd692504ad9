import type { Kubectl } from '../../shared/cluster/kubectl';
import { listAt, textAt } from '../../shared/program-runner';
import type { PlanFile } from '../plan-file';

const SHOWN_LENGTH = 600;

/** Names of the ExternalSecrets that a plan creates, by their address. */
export function plannedSecrets({ resource_changes = [] }: PlanFile): ReadonlyMap<string, string> {
  return new Map(
    resource_changes
      .filter(({ change }) => textAt(change.after, 'manifest', 'kind') === 'ExternalSecret')
      .map(({ address, change }): [string, string] => [address, textAt(change.after, 'manifest', 'metadata', 'name')]),
  );
}

/**
 * Why an ExternalSecret is not ready: what the operator says of it and of its store, and its last warning, which alone
 * names what Secrets Manager answered. Nothing while the operator says nothing, or where the cluster cannot be asked.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export async function secretFailure(kubectl: Kubectl, namespace: string, name: string): Promise<readonly string[]> {
  const found = async (...question: string[]): Promise<unknown> => {
    const answer = await kubectl.answer(['get', ...question, '--namespace', namespace, '--output', 'json']);
    return answer.kind === 'answered' ? JSON.parse(answer.text) : undefined;
  };
  const secret = await found('externalsecrets.external-secrets.io', name);
  const refused = notReady(secret);
  if (refused === undefined) return [];
  const store = { kind: textAt(secret, 'spec', 'secretStoreRef', 'kind') || 'SecretStore', name: storeName(secret) };
  const closed = notReady(await found(`${store.kind.toLowerCase()}s.external-secrets.io`, store.name));
  const selector = `involvedObject.kind=ExternalSecret,involvedObject.name=${name},type=Warning`;
  const warning = lastMessage(await found('events', '--field-selector', selector));
  return [
    `ExternalSecret ${name}: ${refused}`,
    ...(closed === undefined ? [] : [`${store.kind} ${store.name}: ${closed}`]),
    ...(warning === undefined ? [] : [warning]),
  ];
}

const storeName = (secret: unknown): string => textAt(secret, 'spec', 'secretStoreRef', 'name');

const readiness = (object: unknown): unknown =>
  listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');

/** Whether the operator has written the Secret of an ExternalSecret, or reaches what a store names. */
export const isReady = (object: unknown): boolean => textAt(readiness(object), 'status') === 'True';

function notReady(object: unknown): string | undefined {
  const ready = readiness(object);
  if (textAt(ready, 'status') !== 'False') return undefined;
  return shortened(`${textAt(ready, 'reason')}: ${textAt(ready, 'message')}`);
}

function lastMessage(events: unknown): string | undefined {
  const when = (event: unknown): string => textAt(event, 'lastTimestamp') || textAt(event, 'eventTime');
  const last = listAt(events, 'items')
    .toSorted((one, other) => when(one).localeCompare(when(other)))
    .at(-1);
  return last === undefined ? undefined : shortened(`${textAt(last, 'reason')}: ${textAt(last, 'message')}`);
}

/** One line, without the number of the request, which is another one each time. */
function shortened(text: string): string {
  const line = text
    .replace(/,? ?(?:api error )?RequestID: [\w-]+,?/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}
