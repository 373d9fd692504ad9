// Written by `npm run product:facts`: a record a version of the product.
import v0_98_3 from './0.98.3.json';
import v0_99_0 from './0.99.0.json';
import v0_100_0 from './0.100.0.json';
import v0_101_0 from './0.101.0.json';
import v0_102_0 from './0.102.0.json';
import v0_103_0 from './0.103.0.json';
import v0_103_2 from './0.103.2.json';
import v0_104_0 from './0.104.0.json';
import v0_105_0 from './0.105.0.json';
import v0_106_1 from './0.106.1.json';
import v0_107_0 from './0.107.0.json';
import v0_107_2 from './0.107.2.json';
import v0_108_0 from './0.108.0.json';
import v0_108_1 from './0.108.1.json';
import v0_108_2 from './0.108.2.json';
import v0_108_3 from './0.108.3.json';
import v0_108_4 from './0.108.4.json';
import v0_109_0 from './0.109.0.json';
import v0_110_0 from './0.110.0.json';

/** The content of each file of this folder that is named after a version. */
export const FACT_RECORDS: readonly unknown[] = [
  v0_98_3,
  v0_99_0,
  v0_100_0,
  v0_101_0,
  v0_102_0,
  v0_103_0,
  v0_103_2,
  v0_104_0,
  v0_105_0,
  v0_106_1,
  v0_107_0,
  v0_107_2,
  v0_108_0,
  v0_108_1,
  v0_108_2,
  v0_108_3,
  v0_108_4,
  v0_109_0,
  v0_110_0,
];
