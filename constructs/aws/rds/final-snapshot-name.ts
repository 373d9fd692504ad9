import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../storage/encryption-key';

/** Which database the snapshot is of. What replaces the database makes another name. */
export interface FinalSnapshotNameProps {
  /** Identifier of the instance or the cluster. */
  readonly identifier: string;
  /** Key that the database is encrypted with. */
  readonly key: EncryptionKey;
}

/**
 * Name for the snapshot that RDS takes when the database is deleted. A fixed name collides at the second deletion; this
 * one ends in random digits that are created, kept and destroyed together with the database.
 */
export class FinalSnapshotName extends Construct {
  /** Name of the snapshot. */
  readonly value: string;

  constructor(scope: Construct, id: string, { identifier, key }: FinalSnapshotNameProps) {
    super(scope, id);
    const suffix = new TerraformResource(this, 'suffix', { terraformResourceType: 'random_id' });
    suffix.addOverride('byte_length', 4);
    suffix.addOverride('keepers', { instance: identifier, key: key.arn });
    this.value = `${identifier}-final-${suffix.getStringAttribute('hex')}`;
  }
}
