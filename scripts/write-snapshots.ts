import { compareSnapshots, readSnapshots, writeSnapshots } from '../commands/snapshot/comparison';
import { currentSnapshots, SNAPSHOTS } from '../test/support/synth/snapshot-environments';

const current = currentSnapshots();
writeSnapshots(SNAPSHOTS, current, compareSnapshots(readSnapshots(SNAPSHOTS), current));
