import { Document, type YAMLMap } from 'yaml';
import type { Environment } from '../environment/environment';
import { type RequiredSecret, requiredSecrets } from './required-secrets';

/**
 * The Secrets that somebody else has to create, as a manifest to fill in. Each value is a list with an instruction, which
 * Kubernetes refuses: nobody applies a placeholder as a credential.
 */
export function secretManifest(environment: Environment): string {
  const introduction = [
    ` Secrets of the agent-bom control plane ${environment.name}. Copy this file before you fill it in: synth writes it again.`,
    ' Replace each list in brackets by the value, in quotes; until then Kubernetes refuses the manifest. Keep the result out',
    ' of version control.',
  ];
  const documents = requiredSecrets(environment).map((secret) => secretDocument(secret, environment.namespace));
  const [first] = documents;
  if (first !== undefined) first.commentBefore = introduction.join('\n');
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('---\n');
}

function secretDocument({ name, source, keys }: RequiredSecret, namespace: string): Document {
  const document = new Document({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map(({ key, instruction }) => [key, [`<${instruction}>`]])),
  });
  const content = document.get('stringData') as YAMLMap;
  content.commentBefore = ` From ${source}.`;
  for (const { value } of content.items) (value as YAMLMap).flow = true;
  return document;
}
