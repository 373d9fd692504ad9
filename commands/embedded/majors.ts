/** There is an embedded build of every major that the contract supports. */
export {
  DEFAULT_MAJOR,
  POSTGRES_MAJORS as EMBEDDED_MAJORS,
  type PostgresMajor as EmbeddedMajor,
} from '../../contract/postgres/majors';
