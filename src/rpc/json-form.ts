import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { MESSAGE_LIMITS } from '../limits.ts';
import { FieldsInvalid } from './fields-invalid.ts';

/**
 * Throws {@link FieldsInvalid} for a value that protobuf carries but its JSON form does not, or that is nested
 * deeper than decoders go: a number that is none, a moment after the year 9999.
 *
 * The rules of the contract cannot say this, and it has to be said at the door. One such value in a mailbox or in a
 * session would make every answer that holds it fail, long after its sender was told that all is well.
 */
export function requireJsonForm(schema: DescMessage, message: object): void {
  checkMessage(schema, message, '');
}

type Check = (value: unknown, path: string) => void;

/** A field that may hold what has no JSON form. */
interface CheckedField {
  readonly name: string;
  /** Its value; undefined if it is not set. */
  read(message: object): unknown;
  readonly check: Check;
}

/** Found once a schema. */
const checkedFields = new Map<DescMessage, readonly CheckedField[]>();

const WELL_KNOWN: Readonly<Record<string, Check>> = {
  'google.protobuf.Struct': (value, path) => checkJson(value, { path, depth: 1 }),
  'google.protobuf.Timestamp': checkTimestamp,
  'google.protobuf.Duration': checkDuration,
};

function checkMessage(schema: DescMessage, message: object, path: string): void {
  let fields = checkedFields.get(schema);
  if (fields === undefined) {
    fields = schema.fields.flatMap(checkedField);
    checkedFields.set(schema, fields);
  }
  for (const { name, read, check } of fields) {
    const value = read(message);
    if (value !== undefined) check(value, path === '' ? name : `${path}.${name}`);
  }
}

function checkedField(field: DescField): CheckedField[] {
  const { name, message: schema } = field;
  if (schema === undefined || field.fieldKind === 'map') return [];
  const check: Check = WELL_KNOWN[schema.typeName] ?? ((value, path) => checkMessage(schema, value as object, path));
  return [{ name, read: readerOf(field), check: field.fieldKind === 'list' ? each(check) : check }];
}

function each(check: Check): Check {
  return (values, path) => {
    for (const [index, value] of (values as unknown[]).entries()) check(value, `${path}[${index}]`);
  };
}

function readerOf({ localName, oneof }: DescField): (message: object) => unknown {
  if (oneof === undefined) return (message) => (message as Record<string, unknown>)[localName];
  const group = oneof.localName;
  return (message) => {
    const { case: set, value } = (message as Record<string, { case?: string; value?: unknown }>)[group] ?? {};
    return set === localName ? value : undefined;
  };
}

interface JsonPlace {
  readonly path: string;
  /** Of objects and lists, this one included. */
  readonly depth: number;
}

function checkJson(value: unknown, { path, depth }: JsonPlace): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (typeof value !== 'object') {
    throw invalid(path, { rule: 'json.value', message: `${String(value)} is not a value of JSON` });
  }
  const bound = MESSAGE_LIMITS.maxJsonDepth;
  if (depth > bound) {
    throw invalid(path, { rule: 'json.depth', bound, message: `is nested deeper than ${bound} levels` });
  }
  for (const part of Object.values(value)) checkJson(part, { path, depth: depth + 1 });
}

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

function checkTimestamp(value: unknown, path: string): void {
  const { seconds, nanos } = value as { seconds: bigint; nanos: number };
  if (seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos >= 0 && nanos < 1e9) return;
  throw invalid(path, { rule: 'timestamp.range', message: 'must be a moment of the years 1 to 9999' });
}

/** About 10,000 years. */
const MOST_SECONDS = 315_576_000_000n;

function checkDuration(value: unknown, path: string): void {
  const { seconds, nanos } = value as { seconds: bigint; nanos: number };
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  if (!isMixed && seconds >= -MOST_SECONDS && seconds <= MOST_SECONDS && Math.abs(nanos) < 1e9) return;
  throw invalid(path, { rule: 'duration.range', message: 'must be a length of time of at most 10,000 years' });
}

function invalid(field: string, broken: { rule: string; message: string; bound?: number }): FieldsInvalid {
  const { message, ...facts } = broken;
  return new FieldsInvalid(`${field}: ${message}`, { field, ...facts }, [{ field, description: message }]);
}
