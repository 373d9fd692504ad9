import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { type OwnedValueSettings, ownedValues } from '../../../contract/product/chart';
import { newestVersion } from '../../../contract/product/facts';
import type { HelmValues } from '../../../contract/product/helm-values';
import type { Block } from './template';

/** What the contract decides about a release of two pods. */
export const OWNED_SETTINGS: OwnedValueSettings = {
  environmentName: 'prod',
  chartVersion: newestVersion(),
  namespace: 'agent-bom',
  databaseProvider: 'aws-rds',
  appSecretName: 'app',
  maintenanceSecretName: 'maintenance',
  adminSecretName: 'admin',
  controlPlaneSecretName: 'keys',
  trustBundleName: 'ca',
  replicas: 2,
  poolMinimum: 5,
  poolMaximum: 20,
  trustedProxyIssuer: 'issuer',
  images: {},
};

/** The values that the contract owns in a release of two pods. */
export const OWNED = ownedValues(OWNED_SETTINGS);

/** Versions of the chart in the directory of that name in the environment, as `<directory>/<version>/Chart.yaml`. */
const DIRECTORY = process.env.AGENT_BOM_CHARTS;

/** The versions whose chart can be rendered here; the chart is not a part of this project. */
export function chartsToRender(versions: readonly string[]): readonly string[] {
  const missing = versions.filter((version) => missingForChart(version) !== undefined);
  const [first] = missing;
  if (first !== undefined) {
    console.warn(`NOT RUN: the charts ${missing.join(', ')} are not rendered, because ${missingForChart(first)}`);
  }
  return versions.filter((version) => !missing.includes(version));
}

/** The values that a chart itself has. */
export function valuesOfChart(version: string): HelmValues {
  return parse(readFileSync(join(DIRECTORY ?? '', version, 'values.yaml'), 'utf8')) as HelmValues;
}

/** The objects that `helm template` makes of a chart and a file of values. */
export function renderChart(version: string, values: string): Block[] {
  const directory = mkdtempSync(join(tmpdir(), 'values-'));
  try {
    const file = join(directory, 'values.yaml');
    writeFileSync(file, values);
    const command = ['template', 'agent-bom', join(DIRECTORY ?? '', version), '--namespace', 'bom', '--values', file];
    const { status, stdout, stderr } = spawnSync('helm', command, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`helm template of ${version} failed: ${stderr}`);
    return parseAllDocuments(stdout)
      .map((document) => document.toJS())
      .filter((object) => object !== null);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function missingForChart(version: string): string | undefined {
  if (DIRECTORY === undefined) return 'AGENT_BOM_CHARTS names no directory with charts';
  const chart = join(DIRECTORY, version, 'Chart.yaml');
  if (!existsSync(chart)) return `${chart} does not exist`;
  return spawnSync('helm', ['version']).error === undefined ? undefined : 'helm is not installed';
}
