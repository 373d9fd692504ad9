import type { Mistake } from '../error';
import type { Readiness } from './readiness';
import type { RowPrivilege } from './stores';

/** What became of a step: `not proven` where it could not happen, such as a dump on a machine without a client. */
export type StepStatus = 'done' | 'failed' | 'not proven';

/** A step of `rehearse`. */
export interface ReportedStep {
  /** Name of the step. */
  readonly name: string;
  /** What became of it. */
  readonly status: StepStatus;
  /** How long it took. */
  readonly milliseconds: number;
}

/** How many connections a login may hold. */
export interface LoginLimit {
  /** Name of the login. */
  readonly login: string;
  /** Nothing where the server sets no limit. */
  readonly limit?: number;
}

/** A pool of connections of the API pods. */
export interface ReportedPool {
  /** What the product calls it. */
  readonly name: string;
  /** Whose login it uses. */
  readonly identity: 'app' | 'maintenance';
  /** Connections that one pod may open at most. */
  readonly connections: number;
  /** Connections that all pods may open, those of a rollout included. */
  readonly allPods: number;
}

/** What a role may do with the rows of a table. */
export interface TablePrivileges {
  /** Name of the role. */
  readonly role: string;
  /** Name of the table. */
  readonly table: string;
  /** What the role may do. */
  readonly privileges: readonly RowPrivilege[];
}

/** What the server says about itself, in addition to the checks. */
export interface ServerFacts {
  /** Version of PostgreSQL, as the server says it. */
  readonly version: string;
  /** `max_connections`. */
  readonly connections: number;
  /** Connections that the server keeps for superusers and for members of its reserving role. */
  readonly reserved: number;
  /** Only the logins that exist. */
  readonly logins: readonly LoginLimit[];
  /** Only the roles and tables that exist. */
  readonly privileges: readonly TablePrivileges[];
}

/** One run of a command, with everything that a reviewer asks about it. It holds no secret. */
export interface RunReport {
  /** Command that ran. */
  readonly command: 'rehearse' | 'doctor';
  /** When the run began: ISO 8601, in UTC. */
  readonly startedAt: string;
  /** Name and version of everything that decided the result. */
  readonly versions: readonly { readonly what: string; readonly version: string }[];
  /** Which database, in words or as host, port and name. */
  readonly target: string;
  /** Whether no step and no check failed. */
  readonly passed: boolean;
  /** Checks and checklist. */
  readonly readiness: Readiness;
  /** Empty where the command has none. */
  readonly steps: readonly ReportedStep[];
  /** Why a step failed. */
  readonly mistakes: readonly Mistake[];
  /** Pools that the API pods open; empty where the release is not known. */
  readonly pools: readonly ReportedPool[];
  /** Nothing where a step failed before the server was asked. */
  readonly facts?: ServerFacts;
}
