import { stringify } from 'yaml';
import { keepsReportsInOwnBucket, reportPlace, reportsAreOff } from '../../../../contract/environment/api/reports';
import { reportVariables } from '../../../../contract/product/reports';
import { minimal, minimalExisting, mistakesIn, parsed } from '../../../support/synth/environments';

const MOUNTS = { controlPlane: { api: { extraVolumeMounts: [{ name: 'shared', mountPath: '/var/lib/shared/' }] } } };

function content(reports: object | undefined, release: object = {}, base: { readonly release: object } = minimal()) {
  return { ...base, ...(reports && { reports }), release: { ...base.release, ...release } };
}

function about(reports: object | undefined, release: object = {}, base: { readonly release: object } = minimal()) {
  const environment = parsed(content(reports, release, base));
  return {
    own: keepsReportsInOwnBucket(environment),
    off: reportsAreOff(environment),
    place: reportPlace(environment, 'own-bucket'),
  };
}

const mistakes = (reports: object, release: object = {}, base: { readonly release: object } = minimal()) =>
  mistakesIn(stringify(content(reports, release, base))).map(({ path }) => path);

describe('the place of reports', () => {
  const ownBucket = { bucket: 'own-bucket', prefix: 'reports/', region: 'eu-west-1' };

  it('is the bucket of the database stack from 0.105.0 on, and nowhere before', () => {
    expect(about(undefined)).toEqual({ own: true, off: false, place: ownBucket });
    expect(about(undefined, { chartVersion: '0.105.0' })).toEqual({ own: true, off: false, place: ownBucket });
    expect(about(undefined, { chartVersion: '0.104.0' })).toEqual({ own: false, off: false, place: undefined });
    expect(reportPlace(parsed(content(undefined)))).toBeUndefined();
  });

  it('is nowhere with an existing server, unless a bucket is named', () => {
    expect(about(undefined, {}, minimalExisting())).toEqual({ own: false, off: true, place: undefined });
    const place = { bucket: 'mine', prefix: 'reports/', region: 'us-east-1' };
    expect(about({ bucket: 'mine', region: 'us-east-1' }, {}, minimalExisting())).toEqual({
      own: false,
      off: false,
      place,
    });
  });

  it('is a directory that all pods mount, or nowhere', () => {
    const directory = { store: 'directory', directory: '/var/lib/shared/reports' };
    const place = { directory: '/var/lib/shared/reports' };
    expect(about(directory, { values: MOUNTS })).toEqual({ own: false, off: false, place });
    expect(about({ store: 'off' })).toEqual({ own: false, off: true, place: undefined });
  });
});

describe('mistakes', () => {
  it.each([
    [{ bucket: 'mine', store: 'off' }, ['reports.bucket']],
    [{ region: 'us-east-1' }, ['reports.region']],
    [{ retentionDays: 30, bucket: 'mine' }, ['reports.retentionDays']],
    [{ retentionDays: 0 }, ['reports.retentionDays']],
    [{ retentionDays: 3651 }, ['reports.retentionDays']],
    [{ store: 'directory' }, ['reports.directory']],
    [{ directory: '/var/lib/shared' }, ['reports.directory']],
    [{ store: 'directory', directory: '/tmp/reports' }, ['reports.directory']],
    [{ store: 'directory', directory: '/var/lib/shared2' }, ['reports.directory']],
    [{ store: 'directory', directory: '/var/lib/../shared' }, ['reports.directory', 'reports.directory']],
    [{ store: 'disk' }, ['reports.store']],
  ])('%j: %j', (reports, paths) => {
    expect(mistakes(reports, { values: MOUNTS })).toEqual(paths);
  });

  it.each([
    [{ retentionDays: 1 }],
    [{ retentionDays: 3650, store: 'bucket' }],
    [{ store: 'directory', directory: '/var/lib/shared' }],
    [{ bucket: 'mine' }],
  ])('%j is fine', (reports) => {
    expect(mistakes(reports, { values: MOUNTS })).toEqual([]);
  });

  it('no bucket of its own with an existing server', () => {
    expect(mistakes({ store: 'bucket' }, {}, minimalExisting())).toEqual(['reports.bucket']);
  });

  it('a version that does not share reports', () => {
    expect(mistakes({ store: 'off' }, { chartVersion: '0.104.0' })).toEqual(['reports']);
    expect(mistakes({ store: 'off' }, { chartVersion: '0.105.0' })).toEqual([]);
  });
});

describe('the variables', () => {
  it('of a bucket name it, and a directory that the container may write to', () => {
    expect(reportVariables({ bucket: 'b', prefix: 'reports/', region: 'eu-west-1' })).toEqual({
      AGENT_BOM_REPORT_ARTIFACT_DIR: '/tmp/report-artifacts',
      AGENT_BOM_REPORT_S3_BUCKET: 'b',
      AGENT_BOM_REPORT_S3_PREFIX: 'reports',
      AGENT_BOM_REPORT_S3_REGION: 'eu-west-1',
    });
  });

  it('of a directory say that it is shared', () => {
    expect(reportVariables({ directory: '/shared' })).toEqual({
      AGENT_BOM_REPORT_ARTIFACT_DIR: '/shared',
      AGENT_BOM_REPORT_ARTIFACT_SHARED: '1',
    });
  });
});
