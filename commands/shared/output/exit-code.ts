import { ContractError } from '../../../contract/error';

/** Exit codes of every command. */
export const ExitCode = {
  success: 0,
  /** A step or a check failed. */
  failure: 1,
  usage: 2,
  unreachable: 3,
  /** Something differs, where that was asked for. */
  differs: 4,
} as const;

/** The command line is wrong: exit code 2. */
export class UsageError extends ContractError {}

/** A database that cannot be reached or that rejects the login: exit code 3. */
export class UnreachableError extends ContractError {}
