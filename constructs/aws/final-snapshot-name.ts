import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';

/** Which instance the snapshot is of. */
export interface FinalSnapshotNameProps {
  /** Identifier of the instance; another one makes another name. */
  readonly instanceIdentifier: string;
}

/**
 * Name for the snapshot that RDS takes when the instance is deleted. A fixed name collides at the second deletion; this
 * one ends in random digits that are created, kept and destroyed together with the instance.
 */
export class FinalSnapshotName extends Construct {
  /** Name of the snapshot. */
  readonly value: string;

  constructor(scope: Construct, id: string, { instanceIdentifier }: FinalSnapshotNameProps) {
    super(scope, id);
    const suffix = new TerraformResource(this, 'suffix', { terraformResourceType: 'random_id' });
    suffix.addOverride('byte_length', 4);
    suffix.addOverride('keepers', { instance: instanceIdentifier });
    this.value = `${instanceIdentifier}-final-${suffix.getStringAttribute('hex')}`;
  }
}
