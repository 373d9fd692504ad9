import { z } from 'zod';
import { AWS_REGION } from '../aws/arn';

/** What an environment file's key accepts, in the user's words: shown when a value breaks the rule, and by editors. */
export interface FieldRule {
  /** What the key is for. */
  readonly description: string;
  /** Which values it accepts, without a full stop. */
  readonly rule: string;
  /** What to write instead of a wrong one. */
  readonly fix: string;
  /** Whether a wrong value is kept out of messages, because a credential may have been written there. */
  readonly confidential?: boolean;
}

/** Rules by schema, kept next to zod's own registry so that the JSON Schema stays free of them. */
export const FIELD_RULES = z.registry<FieldRule>();

/** A key of the file, with what it is for, the rule for its values and what to write instead of a wrong one. */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  rule: string,
  fix: string,
): Schema {
  const described = schema.describe(description) as Schema;
  FIELD_RULES.add(described, { description, rule, fix });
  return described;
}

/** The rule of a section. */
export const SECTION_RULE = 'a section of keys and values';

/** Keys that belong together. Keys that it does not list are refused. */
export function section<Shape extends z.ZodRawShape>(
  description: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return field(z.strictObject(shape), description, SECTION_RULE, 'write its keys on lines below it, indented');
}

/** A key whose value is a whole number; both ends are allowed. */
export function wholeNumber(minimum: number, maximum: number, unit: string, description: string, fix: string) {
  const rule = `a whole number of ${unit} from ${minimum} to ${maximum}`;
  return field(z.int().min(minimum).max(maximum), description, rule, fix);
}

/** A key that is true or false. */
export function toggle(description: string) {
  return field(z.boolean(), description, 'true or false', 'write true or false, without quotes');
}

/** A key whose value is the code of a region. */
export function awsRegion(description: string, fix: string) {
  return field(z.string().regex(AWS_REGION), description, 'an AWS region', fix);
}

/** A key whose value is the name of an existing bucket. */
export function bucketName(description: string) {
  return field(
    z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    description,
    'the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots',
    'write the name of a bucket that `aws s3 ls` shows',
  );
}

/** A key whose value is a list without repetitions. */
export function distinctList<Item extends z.ZodType>(
  item: Item,
  most: number,
  what: string,
  description: string,
  fix: string,
) {
  return field(
    z
      .array(item)
      .max(most)
      .refine((items) => new Set(items).size === items.length),
    description,
    `a list of at most ${most} different ${what}`,
    fix,
  );
}

/** A key whose value is never shown, because a credential may be there instead of a reference to it. */
export function confidential<Schema extends z.ZodType>(schema: Schema): Schema {
  const rule = FIELD_RULES.get(schema);
  if (rule === undefined) throw new Error('only a described key can be confidential');
  FIELD_RULES.add(schema, { ...rule, confidential: true });
  return schema;
}
