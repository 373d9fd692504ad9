import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { Construct } from 'constructs';

/** Which server the parameters are for. */
export interface TlsParametersProps {
  /** Beginning of the group's name; AWS adds to it. Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Major version of PostgreSQL. Changing it makes a new group. */
  readonly engineMajor: string;
}

/**
 * Parameter group that turns connections without TLS 1.2 or later away.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 */
export class TlsParameters extends Construct {
  readonly groupName: string;

  constructor(scope: Construct, id: string, { name, engineMajor }: TlsParametersProps) {
    super(scope, id);
    const group = new DbParameterGroup(this, 'group', {
      namePrefix: `${name}-`,
      family: `postgres${engineMajor}`,
      description: 'TLS policy of the agent-bom database',
      parameter: [tlsParameter('rds.force_ssl', '1'), tlsParameter('ssl_min_protocol_version', 'TLSv1.2')],
      // A group of the next major version has to exist before the instance can leave the old one.
      lifecycle: { createBeforeDestroy: true },
    });
    this.groupName = group.name;
  }
}

function tlsParameter(name: string, value: string) {
  // The instance is created with the group, so both hold from its first start. `immediate` would show up as a change in
  // every plan wherever the value is also the default, because RDS reports defaults as `pending-reboot`.
  return { name, value, applyMethod: 'pending-reboot' };
}
