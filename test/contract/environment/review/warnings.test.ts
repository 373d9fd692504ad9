import { stringify } from 'yaml';
import { environmentWarnings } from '../../../../contract/environment/review/warnings';
import { knownVersions, newestVersion } from '../../../../contract/product/facts';
import { minimal, minimalExisting, mistakesIn, parsed } from '../../../support/synth/environments';

function environment(release: object, base: { readonly release: object } = minimal(), rest: object = {}) {
  return parsed({ ...base, ...rest, release: { ...base.release, ...release } });
}

const warnings = (chartVersion: string) => environmentWarnings(environment({ chartVersion }));

describe('warnings about the version', () => {
  it.each(knownVersions())('%s is recorded: none', (chartVersion) => {
    expect(warnings(chartVersion)).toEqual([]);
  });

  it.each([
    ['0.98.4', 'a version without a record', '0.98.3'],
    ['0.103.1', 'a version without a record', '0.103.0'],
    ['0.109.9', 'a version without a record', '0.109.0'],
    ['0.110.1', 'newer than 0.110.0, the newest version with a record', '0.110.0'],
    ['0.111.0', 'newer than 0.110.0, the newest version with a record', '0.110.0'],
    ['1.0.0', 'newer than 0.110.0, the newest version with a record', '0.110.0'],
  ])('%s is %s: what is checked, and what not', (chartVersion, which, recorded) => {
    expect(warnings(chartVersion)).toEqual([
      {
        path: 'release.chartVersion',
        text:
          `${chartVersion} is ${which}. Checked: the values and refused variables are those of ${recorded}, and the ` +
          'connection budget is the largest of all records. Not checked: what this version changes in the chart, in its ' +
          'pools and in its migrations. The migration Job compares the database with the revision that the image itself ' +
          'names.',
      },
    ]);
  });

  it('come for a version whose record is taken away, and nothing else changes', () => {
    jest.isolateModules(() => {
      const { FACT_RECORDS } = jest.requireActual('../../../../contract/product/facts/records');
      const others = FACT_RECORDS.filter(({ version }: { version: string }) => version !== '0.110.0');
      jest.doMock('../../../../contract/product/facts/records', () => ({ FACT_RECORDS: others }));
      const { parsed: read, synthesize } = require('../../../support/synth/environments');
      const isolated = require('../../../../contract/environment/review/warnings');
      const environmentOf = (chartVersion?: string) =>
        read({ ...minimal(), release: { ...minimal().release, chartVersion } });
      expect(environmentOf().release.chartVersion).toBe('0.109.0');
      const [warning, ...rest] = isolated.environmentWarnings(environmentOf('0.110.0'));
      expect(rest).toEqual([]);
      expect(warning.text).toContain('0.110.0 is newer than 0.109.0, the newest version with a record.');
      expect(synthesize(environmentOf('0.110.0')).workload).toBeDefined();
    });
    jest.dontMock('../../../../contract/product/facts/records');
  });

  it.each(['0.98.2', '0.0.1', '0.98', 'latest', '0.111.0-rc.1', '0.0110.0'])('%s is a mistake', (chartVersion) => {
    const base = minimal();
    const release = { ...base.release, chartVersion };
    expect(mistakesIn(stringify({ ...base, release }))).toMatchObject([
      {
        path: 'release.chartVersion',
        got: `"${chartVersion}"`,
        fix: 'write 0.110.0, or another version from 0.98.3 on',
      },
    ]);
  });

  it('a version has no v, and the mistake says so', () => {
    const base = minimal();
    const text = stringify({ ...base, release: { ...base.release, chartVersion: 'v0.102.0' } });
    expect(mistakesIn(text).map(({ fix }) => fix)).toEqual(['write 0.102.0']);
  });
});

describe('warnings about reports', () => {
  const off = { reports: { store: 'off' } };

  it.each([
    [{ replicas: 1 }, 0],
    [{ replicas: 2 }, 1],
    [{ autoscaling: { minimumReplicas: 1, maximumReplicas: 2 }, replicas: 1 }, 1],
  ])('%j without a place for reports: %i', (release, count) => {
    const found = environmentWarnings(environment(release, minimal(), off));
    expect(found.map(({ path }) => path)).toEqual(Array(count).fill('reports.store'));
    for (const { text } of found) expect(text).toContain('with 2 API pods and no place that they share');
  });

  it('come with an existing server, unless the section names a bucket', () => {
    expect(environmentWarnings(environment({}, minimalExisting())).map(({ path }) => path)).toEqual(['reports.store']);
    expect(environmentWarnings(environment({}, minimalExisting(), { reports: { bucket: 'mine' } }))).toEqual([]);
    expect(environmentWarnings(environment({ chartVersion: '0.104.0' }, minimalExisting()))).toEqual([]);
  });
});

describe('keys of the chart', () => {
  const paths = (values: object, chartVersion = newestVersion()) =>
    environmentWarnings(
      parsed({ ...minimal(), release: { ...minimal().release, replicas: 1, chartVersion, values } }),
    ).filter(({ path }) => path.startsWith('release.values'));

  it.each([
    [{ nodeSelectors: {} }, 'release.values.nodeSelectors', ' Did you mean nodeSelector?'],
    [{ controlPlane: { ui: { replica: 3 } } }, 'release.values.controlPlane.ui.replica', ' Did you mean replicas?'],
    [{ somethingElse: 1 }, 'release.values.somethingElse', 'not know.'],
  ])('%j: a warning at %s', (values, path, end) => {
    expect(paths(values)).toEqual([{ path, text: expect.stringMatching(new RegExp(`${end.replace('?', '\\?')}$`)) }]);
  });

  it.each([
    { nodeSelector: { 'any.key': 'x' }, podAnnotations: { a: 'b' }, tolerations: [{ unknown: 1 }] },
    { controlPlane: { ui: { replicas: 3, resources: { limits: { anything: 1 } } } }, global: { anything: 1 } },
  ])('%j: none', (values) => {
    expect(paths(values)).toEqual([]);
  });

  it('are known from the version on that a person recorded', () => {
    const values = { controlPlane: { autoCorrelation: { enabled: false } } };
    expect(paths(values)).toEqual([]);
    expect(paths(values, '0.103.2')).toHaveLength(1);
  });
});
