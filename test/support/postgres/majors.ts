import { DEFAULT_MAJOR, POSTGRES_MAJORS, type PostgresMajor } from '../../../contract/postgres/majors';

/** Versions that a test of every version runs on: in `npm test` the default one, elsewhere all. */
export const TESTED_MAJORS: readonly PostgresMajor[] =
  process.env.ONLY_DEFAULT_MAJOR === undefined ? POSTGRES_MAJORS : [DEFAULT_MAJOR];
