/** A database as CloudWatch and the events of RDS know it. */
export interface MonitoredDatabase {
  /** One instance with its standby, or a cluster of Aurora. */
  readonly kind: 'instance' | 'cluster';
  /** Identifier of the instance or of the cluster. */
  readonly identifier: string;
  /** Parameter group of the instance; the one of a cluster sends no events. */
  readonly parameterGroupName?: string;
}
