import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { writeOutputFiles } from '../../commands/shared/output-files';
import { newestVersion } from '../../contract/product/facts';
import { jobOf } from '../support/postgres/job';
import { minimal, parsed, synthesize } from '../support/synth/environments';
import type { Block } from '../support/synth/template';

function synthesized(release: object = {}) {
  return synthesize(parsed({ ...minimal(), release: { ...minimal().release, ...release } }));
}

const terraform = synthesized();
const gitops = synthesized({ managedBy: 'gitops' });
/** With what changes the form of the files. */
const otherwise = synthesized({
  managedBy: 'gitops',
  chartRepository: 'https://charts.example.com',
  autoscaling: { minimumReplicas: 2, maximumReplicas: 4 },
});

function argo({ files } = gitops): Block {
  return parse(files['prod/argocd-application.yaml'] ?? '');
}

function flux({ files } = gitops): Block[] {
  const text = files['prod/flux-helm-release.yaml'] ?? '';
  return parseAllDocuments(text).map((document) => document.toJS());
}

describe('where Argo CD or Flux installs the chart', () => {
  it('the workload stack has everything but the release and the Job that follows it', () => {
    const common = (addresses: string[]) => addresses.filter((address) => !/\.retire_(?:job|scheduled)_/.test(address));
    const without = terraform.workload.addresses().filter((address) => !address.startsWith('helm_release.'));
    expect(common(gitops.workload.addresses())).toEqual(common(without));
    expect(terraform.workload.addresses()).toHaveLength(without.length + 1);
    expect(gitops.workload.resources('kubernetes_job_v1')).toHaveLength(1);
  });

  it('previous logins are revoked on demand and not on a schedule', () => {
    const revocation = gitops.workload.resource('kubernetes_cron_job_v1', ({ spec }) => spec.suspend === true);
    expect(revocation.metadata.name).toBe('agent-bom-revoke');
    const { metadata, ...template } = jobOf(terraform.workload, 'revoke').spec.template;
    // A Job is found by what it was made from, and a CronJob by its name.
    const { 'agent-bom-postgres/job': _, ...labels } = metadata.labels;
    expect(revocation.spec.job_template.spec.template).toEqual({ ...template, metadata: { ...metadata, labels } });
    expect(gitops.workload.json.output.revoke_now.value).toBe(
      'kubectl --namespace agent-bom create job --from=cronjob/agent-bom-revoke agent-bom-revoke-$(date +%s)',
    );
    // One object may not be at two addresses when an environment changes over.
    const [account] = terraform.workload.addresses().filter((address) => address.includes('.retire_account_'));
    expect(gitops.workload.addresses()).toContain(account);
    expect(terraform.workload.json.output).not.toHaveProperty('revoke_now');
    expect(gitops.workload.json.output).not.toHaveProperty('revocation_logs');
    expect(gitops.workload.unresolvedReferences()).toEqual([]);
  });

  it('Secrets of the last generation stay for the pods that still name them', () => {
    const policies = ({ workload }: typeof gitops) =>
      workload
        .manifests('ExternalSecret')
        .map(({ manifest: { metadata, spec } }) => [metadata.name, spec.target.creationPolicy]);
    expect(Object.fromEntries(policies(gitops))).toEqual({
      'agent-bom-admin': 'Owner',
      'agent-bom-app-g1': 'Orphan',
      'agent-bom-backup-g1': 'Orphan',
      'agent-bom-control-plane': 'Owner',
      'agent-bom-maintenance-g1': 'Orphan',
    });
    for (const [, policy] of policies(terraform)) expect(policy).toBe('Owner');
  });

  it('Terraform forgets a release that it has made, and does not uninstall it', () => {
    const [address] = terraform.workload.addresses().filter((candidate) => candidate.startsWith('helm_release.'));
    expect(gitops.workload.json.removed).toEqual([{ from: address, lifecycle: { destroy: false } }]);
    expect(terraform.workload.json).not.toHaveProperty('removed');
    // The way back imports it.
    expect(readFileSync(join(__dirname, '..', '..', 'docs', 'set-up', 'gitops.md'), 'utf8')).toContain(
      `import ${address} `,
    );
  });

  it('files are written for them, and for nobody else', () => {
    expect(terraform.files).toEqual({});
    expect(Object.keys(gitops.files)).toEqual([
      'prod/values.yaml',
      'prod/argocd-application.yaml',
      'prod/flux-helm-release.yaml',
    ]);
  });

  it('the values are those that Terraform would give', () => {
    const [values] = terraform.workload.resource('helm_release').values;
    expect(gitops.files['prod/values.yaml']).toBe(values);
    expect(argo().spec.source.helm.valuesObject).toEqual(parse(values));
    expect(flux()[1].spec.values).toEqual(parse(values));
  });

  it('the files are the same every time, name every Secret, and hold none', () => {
    expect(synthesized({ managedBy: 'gitops' }).files).toEqual(gitops.files);
    const environment = { ...minimal(), secrets: { generation: 7 } };
    const { files } = synthesize(
      parsed({ ...environment, release: { ...environment.release, managedBy: 'gitops', values: { text: '${HOME}' } } }),
    );
    for (const text of Object.values(files)) {
      expect(text).toContain('agent-bom-app-g7');
      expect(text).toContain('agent-bom-maintenance-g7');
      expect(text).toContain('${HOME}');
      expect(text).not.toContain('$${');
      expect(text).not.toMatch(/\$\{TfToken|:\/\/[^\s/]*@|password/i);
    }
  });

  it('the files are written below the name of the environment', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'files-'));
    try {
      writeOutputFiles(outdir, gitops.files);
      expect(readFileSync(join(outdir, 'prod', 'values.yaml'), 'utf8')).toBe(gitops.files['prod/values.yaml']);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});

describe('the Application of Argo CD', () => {
  it('is the chart in the namespace that Terraform has made', () => {
    expect(argo()).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'agent-bom-prod', namespace: 'argocd' },
      spec: {
        destination: { namespace: 'agent-bom' },
        source: { repoURL: 'ghcr.io/msaad00/charts', chart: 'agent-bom', targetRevision: newestVersion() },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: ['CreateNamespace=false', 'RespectIgnoreDifferences=true', 'ServerSideApply=true'],
        },
      },
    });
    expect(argo().metadata).not.toHaveProperty('finalizers');
  });

  it('pulls from a repository of another kind by its address', () => {
    expect(argo(otherwise).spec.source.repoURL).toBe('https://charts.example.com');
  });

  it('leaves the number of pods alone where the load decides, and nothing else', () => {
    expect(argo().spec).not.toHaveProperty('ignoreDifferences');
    expect(argo(otherwise).spec.ignoreDifferences).toEqual([
      { group: 'apps', kind: 'Deployment', name: 'agent-bom-prod-api', jsonPointers: ['/spec/replicas'] },
    ]);
  });
});

describe('the HelmRelease of Flux', () => {
  it('is the chart of one version from a registry, and the release that Terraform has made', () => {
    const [source, release, ...others] = flux();
    expect(others).toEqual([]);
    expect(source).toMatchObject({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'OCIRepository',
      metadata: { name: 'agent-bom-prod', namespace: 'agent-bom' },
      spec: { url: 'oci://ghcr.io/msaad00/charts/agent-bom', ref: { tag: newestVersion() } },
    });
    expect(release).toMatchObject({
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'agent-bom-prod', namespace: 'agent-bom' },
      spec: {
        chartRef: { kind: 'OCIRepository', name: 'agent-bom-prod' },
        releaseName: terraform.workload.resource('helm_release').name,
        targetNamespace: 'agent-bom',
        storageNamespace: 'agent-bom',
        install: { createNamespace: false },
        maxHistory: 10,
      },
    });
    expect(release.spec).not.toHaveProperty('chart');
  });

  it('keeps a Kustomization from substituting variables in the values', () => {
    for (const { metadata } of flux()) {
      expect(metadata.annotations).toEqual({ 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' });
    }
  });

  it('pulls from a repository of another kind by its address', () => {
    const [source, release] = flux(otherwise);
    expect(source).toMatchObject({ kind: 'HelmRepository', spec: { url: 'https://charts.example.com' } });
    expect(release.spec).toMatchObject({
      chart: {
        spec: {
          chart: 'agent-bom',
          version: newestVersion(),
          sourceRef: { kind: 'HelmRepository', name: 'agent-bom-prod' },
        },
      },
    });
    expect(release.spec).not.toHaveProperty('chartRef');
  });
});
