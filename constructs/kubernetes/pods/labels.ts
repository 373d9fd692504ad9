import { APPLICATION_LABEL } from '../../../contract/names';

/** Labels of every object that is ours. The chart removes what is labelled as its own when it is uninstalled. */
export const LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': APPLICATION_LABEL,
  'app.kubernetes.io/part-of': 'agent-bom',
  'app.kubernetes.io/managed-by': 'terraform',
};
