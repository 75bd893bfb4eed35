import { create, type DescField, type DescMessage, type DescOneof, type Message, ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';
import {
  countRulesOf,
  entryRulesOf,
  type FieldRules,
  isOneofRequired,
  isRequired,
  isUnique,
  mostCharacters,
  rulesOf,
  stated,
} from './field-rules.ts';
import { knownField } from './known-fields.ts';

const arbitraries = new Map<DescMessage, fc.Arbitrary<Message>>();

/** Messages that keep every rule which their fields state, with ids of a run as references. */
export function validMessage(desc: DescMessage): fc.Arbitrary<Message> {
  let arbitrary = arbitraries.get(desc);
  if (arbitrary === undefined) {
    arbitrary = composed(desc);
    arbitraries.set(desc, arbitrary);
  }
  return arbitrary;
}

function composed(desc: DescMessage): fc.Arbitrary<Message> {
  const alone = desc.fields.filter(({ oneof }) => oneof === undefined);
  const model = Object.fromEntries(alone.map((field) => [field.localName, validField(field)]));
  const requiredKeys = alone.filter(isRequired).map(({ localName }) => localName);
  const oneofs = Object.fromEntries(desc.oneofs.map((oneof) => [oneof.localName, validOneof(oneof)]));
  return fc
    .tuple(fc.record(model, { requiredKeys, noNullPrototype: true }), fc.record(oneofs, { noNullPrototype: true }))
    .map(([fields, groups]) => create(desc, { ...fields, ...groups }) as Message);
}

function validOneof(oneof: DescOneof): fc.Arbitrary<unknown> {
  const cases = oneof.fields.map((field) => validField(field).map((value) => ({ case: field.localName, value })));
  return isOneofRequired(oneof) ? fc.oneof(...cases) : fc.oneof(fc.constant({ case: undefined }), ...cases);
}

function validField(field: DescField): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'list':
      return validList(field);
    case 'map':
      return validMap(field);
    default:
      return knownField(field) ?? validValue(field, rulesOf(field));
  }
}

function validList(field: DescField): fc.Arbitrary<unknown> {
  const { least, most } = countRulesOf(field);
  const entry = knownField(field) ?? validValue(field, entryRulesOf(field));
  const lengths = { minLength: least, maxLength: Math.min(most, least + 3) };
  return isUnique(field) ? fc.uniqueArray(entry, lengths) : fc.array(entry, lengths);
}

function validMap(field: DescField): fc.Arbitrary<unknown> {
  const { most } = countRulesOf(field);
  const key = fc.constantFrom('a', 'team', 'traceparent', 'x'.repeat(32));
  return fc.dictionary(key, validValue(field, entryRulesOf(field)), {
    maxKeys: Math.min(most, 3),
    noNullPrototype: true,
  });
}

function validValue(field: DescField, rules: FieldRules | undefined): fc.Arbitrary<unknown> {
  if (field.message !== undefined) return validPart(field.message, rules);
  if (field.enum !== undefined) {
    const refused = rules?.type.case === 'enum' ? rules.type.value.notIn : [];
    return fc.constantFrom(
      ...field.enum.values.map(({ number }) => number).filter((number) => !refused.includes(number)),
    );
  }
  return validScalar(field.scalar ?? ScalarType.STRING, rules);
}

/** Lengths of time that calls wait are kept short: a run is to do much rather than to take long. */
function validPart(desc: DescMessage, rules: FieldRules | undefined): fc.Arbitrary<unknown> {
  switch (desc.typeName) {
    case 'google.protobuf.Struct':
      return jsonObject;
    case 'google.protobuf.Timestamp':
      return fc.constantFrom({ seconds: 4_102_444_800n, nanos: 0 }, { seconds: 1n, nanos: 999_999_999 });
    case 'google.protobuf.Duration':
      return validDuration(rules);
    default:
      return validMessage(desc);
  }
}

function validDuration(rules: FieldRules | undefined): fc.Arbitrary<unknown> {
  const { greaterThan, lessThan } = rules?.type.case === 'duration' ? rules.type.value : {};
  const least = greaterThan?.value?.seconds ?? 0n;
  const most = lessThan?.value?.seconds ?? 60n;
  const soon = { seconds: least, nanos: 5_000_000 };
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(soon) },
    { weight: 1, arbitrary: fc.constant({ seconds: most, nanos: 0 }) },
  );
}

function validScalar(type: ScalarType, rules: FieldRules | undefined): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return validText(rules);
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 64 });
    case ScalarType.BOOL:
      return validBoolean(rules);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return fc.constantFrom(0, 0.25, 0.5, 1);
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return fc.bigInt({ min: 0n, max: 1_000n });
    default:
      return fc.nat(
        rules?.type.case === 'uint32' && rules.type.value.lessThan.case === 'lte'
          ? rules.type.value.lessThan.value
          : 1_000,
      );
  }
}

function validBoolean(rules: FieldRules | undefined): fc.Arbitrary<boolean> {
  const only = rules?.type.case === 'bool' ? stated(rules.type.value, 'const') : undefined;
  return only === undefined ? fc.boolean() : fc.constant(only);
}

function validText(rules: FieldRules | undefined): fc.Arbitrary<string> {
  const string = rules?.type.case === 'string' ? rules.type.value : undefined;
  const most = mostCharacters(string);
  const least = Math.max(Number(stated(string, 'minLen') ?? 0), rules?.required ? 1 : 0);
  const pattern = stated(string, 'pattern');
  if (pattern !== undefined) {
    return fc
      .stringMatching(new RegExp(pattern), { size: '-1' as const })
      .filter(({ length }) => length >= least && length <= most);
  }
  const unit = fc.constantFrom('a', 'Z', '9', ' ', '-', 'ä', '中', '|', '<', '"');
  // Three bytes a character at most.
  return fc.string({ unit, minLength: least, maxLength: Math.max(least, Math.min(24, Math.floor(most / 3))) });
}

/** Names that mean something where the bus looks into content: answers to tasks, reports on them, news of its own. */
const CONTENT_KEYS = [
  'status',
  'progress',
  'note',
  'result',
  'error',
  'reason',
  'message',
  'confidence',
  'artifacts',
  'summary',
  'task_id',
  'approved',
];
const jsonLeaf = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 50, 100, -1, 0.5, 1e21, '', 'completed', 'failed', 'working', '|<b>'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 8 }),
);
const { object: jsonObject } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    jsonLeaf,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...CONTENT_KEYS), fc.string({ maxLength: 4 })), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));
