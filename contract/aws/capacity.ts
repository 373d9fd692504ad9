/** Engine types: one RDS for PostgreSQL instance with a standby, or a cluster of Aurora PostgreSQL. */
export const DATABASE_FORMS = ['instance', 'aurora'] as const;
/** One of the engine types above. */
export type DatabaseForm = (typeof DATABASE_FORMS)[number];

/** What an instance class is called, known here or not. */
export const INSTANCE_CLASS = /^db\.[a-z][a-z0-9-]*\.[a-z0-9]+$/;

/** Name of an instance class, such as `db.t4g.medium`. */
export type InstanceClassName = `db.${string}.${string}`;

/** Sizes of a burstable family: memory in GiB. */
const BURSTABLE = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, '2xlarge': 32 };
/** Families with 16 GiB for each `xlarge`, and with 32. */
const GENERAL = 16;
const MEMORY = 32;

/**
 * Memory in GiB of the classes that RDS for PostgreSQL offers today, by family and size.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t4g: BURSTABLE,
  t3: BURSTABLE,
  m6g: sizes(GENERAL, [1, 2, 4, 8, 12, 16]),
  m6i: sizes(GENERAL, [1, 2, 4, 8, 12, 16, 24, 32]),
  m7g: sizes(GENERAL, [1, 2, 4, 8, 12, 16]),
  m7i: sizes(GENERAL, [1, 2, 4, 8, 12, 16, 24, 48]),
  r6g: sizes(MEMORY, [1, 2, 4, 8, 12, 16]),
  r6i: sizes(MEMORY, [1, 2, 4, 8, 12, 16, 24, 32]),
  r7g: sizes(MEMORY, [1, 2, 4, 8, 12, 16]),
  r7i: sizes(MEMORY, [1, 2, 4, 8, 12, 16, 24, 48]),
  m8g: sizes(GENERAL, [1, 2, 4, 8, 12, 16, 24, 48]),
  r8g: sizes(MEMORY, [1, 2, 4, 8, 12, 16, 24, 48]),
  m5: sizes(GENERAL, [1, 2, 4, 8, 12, 16, 24]),
  r5: sizes(MEMORY, [1, 2, 4, 8, 12, 16, 24]),
  m6gd: sizes(GENERAL, [1, 2, 4, 8, 12, 16]),
  r6gd: sizes(MEMORY, [1, 2, 4, 8, 12, 16]),
  m6id: sizes(GENERAL, [1, 2, 4, 8, 12, 16, 24, 32]),
  r6id: sizes(MEMORY, [1, 2, 4, 8, 12, 16, 24, 32]),
};

/**
 * Sizes of these families that Aurora PostgreSQL offers; of other families it offers none.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
 */
const AURORA_FAMILIES: Readonly<Record<string, readonly string[] | 'every size'>> = {
  t4g: ['medium', 'large'],
  t3: ['medium', 'large'],
  r6g: 'every size',
  r6i: 'every size',
  r7g: 'every size',
  r7i: 'every size',
  r8g: 'every size',
  r5: 'every size',
};

/** RDS sets `max_connections` to the lesser of its memory divided by this, and the cap. */
const BYTES_PER_CONNECTION = 9_531_392;
/** Aurora Serverless v2 has the same one. */
const CONNECTIONS_CAP = 5000;
/**
 * The memory in that formula is what is left after the operating system and RDS. AWS does not document how much that is; a
 * tenth less than the nominal memory is on the safe side for all classes but the smallest.
 */
const USABLE_SHARE = 0.9;

/** An instance class and what it holds. */
export interface InstanceClass {
  /** Name of the class, such as `db.t4g.medium`. */
  readonly name: string;
  /** Memory in GiB. */
  readonly memoryGib: number;
}

/** All known classes, the smallest first; classes of the same size in the order of the table. */
export const INSTANCE_CLASSES: readonly InstanceClass[] = Object.entries(FAMILIES)
  .flatMap(([family, members]) =>
    Object.entries(members).map(([size, memoryGib]) => ({ name: `db.${family}.${size}`, memoryGib })),
  )
  .sort((one, other) => one.memoryGib - other.memoryGib);

/** The known classes that Aurora offers, the smallest first. */
export const AURORA_CLASSES: readonly InstanceClass[] = INSTANCE_CLASSES.filter(({ name }) => {
  const [, family = '', size = ''] = name.split('.');
  const offered = AURORA_FAMILIES[family] ?? [];
  return offered === 'every size' || offered.includes(size);
});

/**
 * Connections that an instance accepts with RDS's default for `max_connections`, reserved ones included.
 *
 * @returns Nothing for a class that the table does not have.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export function connectionsOf(className: string): number | undefined {
  const memoryGib = memoryOf(className);
  return memoryGib === undefined ? undefined : connectionsIn(memoryGib);
}

/** Memory of a class in GiB, if the table has it. */
export function memoryOf(className: string): number | undefined {
  return INSTANCE_CLASSES.find(({ name }) => name === className)?.memoryGib;
}

/** What a class of instances has besides processors and memory. */
export interface ClassTraits {
  /** Whether its processors earn and spend credits. */
  readonly burstable: boolean;
  /** Whether an Aurora instance of it has local storage of a size that RDS measures; a serverless one has not. */
  readonly hasLocalStorage: boolean;
}

/** What the instances of a database have, by their class or, for serverless ones, without one. */
export function classTraits({ aurora, instanceClass }: DatabaseSize): ClassTraits {
  const serverless = aurora?.maximumCapacity !== undefined;
  return { burstable: !serverless && /^db\.t\d/.test(instanceClass), hasLocalStorage: !serverless };
}

/** The smallest of the classes that accepts so many connections; of equals the one of the same family. */
export function smallestClassFor(
  connections: number,
  likeClass: string,
  classes: readonly InstanceClass[] = INSTANCE_CLASSES,
): string | undefined {
  const smallest = classes.find(({ memoryGib }) => connectionsIn(memoryGib) >= connections);
  const equals = classes.filter(({ memoryGib }) => memoryGib === smallest?.memoryGib);
  return (equals.find(({ name }) => familyOf(name) === familyOf(likeClass)) ?? smallest)?.name;
}

function connectionsIn(memoryGib: number): number {
  return Math.min(CONNECTIONS_CAP, Math.floor((memoryGib * 2 ** 30 * USABLE_SHARE) / BYTES_PER_CONNECTION));
}

function familyOf(className: string): string | undefined {
  return className.split('.')[1];
}

function sizes(gibPerExtraLarge: number, multiples: readonly number[]): Record<string, number> {
  const larger = multiples.map((multiple) => [`${multiple === 1 ? '' : multiple}xlarge`, multiple * gibPerExtraLarge]);
  return { large: gibPerExtraLarge / 2, ...Object.fromEntries(larger) };
}

/** Bounds of the capacity of Aurora Serverless v2, in Aurora capacity units (ACU) of about 2 GiB of memory each. */
export const CAPACITY = { largest: 256, smallestMaximum: 1, step: 0.5 };

/**
 * Connections by the maximum capacity, as AWS documents them: 189 at 1 ACU, 823 at 4, 1669 at 8, 3360 at 16 and 5000 from
 * 32 on. They lie on a line: so many for each unit, less what the server keeps for itself.
 */
const CONNECTIONS_PER_UNIT = 211.375;
const KEPT_BY_THE_SERVER = 22.5;
/** The cap for a server that may shrink to this capacity or to nothing. */
const SMALL_MINIMUM = 0.5;
const SMALL_MINIMUM_CAP = 2000;

/**
 * Connections that a serverless instance accepts, reserved ones included. Aurora derives them from the maximum capacity,
 * not from the current one.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 */
export function connectionsOfCapacity(minimum: number, maximum: number): number {
  const cap = minimum <= SMALL_MINIMUM ? SMALL_MINIMUM_CAP : CONNECTIONS_CAP;
  return Math.min(cap, Math.round(CONNECTIONS_PER_UNIT * maximum - KEPT_BY_THE_SERVER));
}

/** The smallest maximum capacity that accepts so many connections. */
export function smallestMaximumFor(connections: number, minimum: number): number | undefined {
  for (let maximum = CAPACITY.smallestMaximum; maximum <= CAPACITY.largest; maximum += CAPACITY.step) {
    if (maximum >= minimum && connectionsOfCapacity(minimum, maximum) >= connections) return maximum;
  }
  return undefined;
}

/** Memory of an Aurora capacity unit. */
const GIB_PER_UNIT = 2;

/** The keys of `database` that decide its size. */
interface DatabaseSize {
  readonly instanceClass: string;
  readonly maxConnections?: number;
  readonly aurora?: { readonly minimumCapacity?: number; readonly maximumCapacity?: number };
}

/** What the server of an environment has, as far as it is known. */
export interface DatabaseCapacity {
  /** Memory in GiB. */
  readonly memoryGib?: number;
  /** Connections that it accepts, reserved ones included. */
  readonly connections?: number;
}

/** A serverless database is measured at its maximum: its connections and the free memory that it reports follow from that. */
export function databaseCapacity({ aurora, instanceClass, maxConnections }: DatabaseSize): DatabaseCapacity {
  const { minimumCapacity, maximumCapacity } = aurora ?? {};
  if (minimumCapacity === undefined || maximumCapacity === undefined) {
    return { memoryGib: memoryOf(instanceClass), connections: maxConnections ?? connectionsOf(instanceClass) };
  }
  return {
    memoryGib: maximumCapacity * GIB_PER_UNIT,
    connections: connectionsOfCapacity(minimumCapacity, maximumCapacity),
  };
}
