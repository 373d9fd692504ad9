/** A place that every API pod reaches, for finished reports: a bucket, or a directory on a volume that all pods mount. */
export type ReportPlace = ReportBucket | ReportDirectory;

/**
 * A bucket. The API uploads with AES-256 of S3 by name (`x-amz-server-side-encryption: AES256`), so that a policy which
 * demands a KMS key refuses the upload. It calls PutObject, aborts multipart uploads, and signs links with GetObject for
 * people to download from; it deletes nothing, and lists nothing.
 */
export interface ReportBucket {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Beginning of the keys of all reports, with a slash at its end; tenant, slash and file name follow. */
  readonly prefix: string;
  /** Region of the bucket. Links that are signed for another one do not work. */
  readonly region: string;
}

/** A directory that all API pods share. */
export interface ReportDirectory {
  /** Where the volume is mounted. */
  readonly directory: string;
}

/** Where the API writes a report before it uploads it. Nothing else in the container's file system is writable. */
const SCRATCH_DIRECTORY = '/tmp/report-artifacts';

/** Variables of the API that say where reports are kept. */
export function reportVariables(place: ReportPlace): Record<string, string> {
  if ('directory' in place) {
    return { AGENT_BOM_REPORT_ARTIFACT_DIR: place.directory, AGENT_BOM_REPORT_ARTIFACT_SHARED: '1' };
  }
  return {
    AGENT_BOM_REPORT_ARTIFACT_DIR: SCRATCH_DIRECTORY,
    AGENT_BOM_REPORT_S3_BUCKET: place.bucket,
    AGENT_BOM_REPORT_S3_PREFIX: place.prefix.replace(/\/$/, ''),
    AGENT_BOM_REPORT_S3_REGION: place.region,
  };
}

/** Variables that `reports` of the environment file decides. */
export const REPORT_VARIABLES: readonly string[] = [
  'AGENT_BOM_REPORT_ARTIFACT_DIR',
  'AGENT_BOM_REPORT_ARTIFACT_SHARED',
  'AGENT_BOM_REPORT_S3_BUCKET',
  'AGENT_BOM_REPORT_S3_PREFIX',
  'AGENT_BOM_REPORT_S3_REGION',
];
