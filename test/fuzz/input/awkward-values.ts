import { create, type DescField, ScalarType } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { entryRulesOf, type FieldRules, mostCharacters, rulesOf, stated } from './field-rules.ts';

/** Three bytes of UTF-8 that {@link spoilUtf8} turns into three that are none, so that no length has to change. */
export const NOT_UTF8 = '\uF8FF';

/** What deserializers, stores and logs have stumbled over, with a name for whoever reads a failure. */
export type Awkward = readonly [name: string, value: unknown];

/** Values just beyond what the field allows, or that are odd whatever it allows. */
export function awkwardValues(field: DescField): readonly Awkward[] {
  const rules = field.fieldKind === 'list' || field.fieldKind === 'map' ? entryRulesOf(field) : rulesOf(field);
  if (field.message !== undefined) return AWKWARD_PARTS[field.message.typeName] ?? [];
  if (field.enum !== undefined) return [0, 99, -1, 2 ** 31 - 1].map((number) => [`enum ${number}`, number]);
  return awkwardScalars(field.scalar ?? ScalarType.STRING, rules);
}

function awkwardScalars(type: ScalarType, rules: FieldRules | undefined): readonly Awkward[] {
  switch (type) {
    case ScalarType.STRING:
      return awkwardTexts(rules);
    case ScalarType.BYTES:
      return [
        ['no bytes', new Uint8Array()],
        ['100 KiB', new Uint8Array(102_400).fill(255)],
      ];
    case ScalarType.BOOL:
      return [['false', false]];
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, -1e-9, 1.000001, 1e308].map((n) => [
        String(n),
        n,
      ]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return [0n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map((n) => [String(n), n]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)].map((n) => [String(n), n]);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return [0, 101, 10_001, 2 ** 31, 2 ** 32 - 1].map((n) => [String(n), n]);
    default:
      return [0, -1, 2 ** 31 - 1, -(2 ** 31)].map((n) => [String(n), n]);
  }
}

function awkwardTexts(rules: FieldRules | undefined): readonly Awkward[] {
  const string = rules?.type.case === 'string' ? rules.type.value : undefined;
  const most = Math.min(mostCharacters(string), 70_000);
  const head = stated(string, 'pattern')?.includes('://') ? 'fuzz://' : '';
  return [
    ['empty', ''],
    ['as long as allowed', head.padEnd(most, 'a')],
    ['one too long', head.padEnd(most + 1, 'a')],
    ['as many characters, more bytes', '中'.repeat(most)],
    ['NUL', `${head}a\0b`],
    ['a line break', `${head}a\nb\r\n`],
    ['right to left', `${head}a\u202Eb\u2066`],
    ['a space', `${head}a b`],
    ['not UTF-8', `${head}a${NOT_UTF8}`],
    ['beyond the first plane', `${head}😀\u{10FFFF}`],
    ['combining', `${head}${'e\u0301'.repeat(9)}`],
    ['the prototype', '__proto__'],
    ['a method of every object', 'hasOwnProperty'],
    ['a pattern', `${head}*`],
    ['a path', '../../../../etc/passwd'],
    ['SQL', `a'; DROP TABLE messages; --`],
    ['a format', '%s%n{}'],
    ['another agent', 'agentbus://bus'],
    ['upper case', 'FUZZ://A'],
    ['only a scheme', 'fuzz://'],
  ];
}

const duration = (seconds: bigint, nanos = 0) => create(DurationSchema, { seconds, nanos });
const timestamp = (seconds: bigint, nanos = 0) => create(TimestampSchema, { seconds, nanos });

/** Deep enough for every bound, and not too deep for the one who writes it. */
function deepObject(depth: number): object {
  let deep: object = {};
  for (let level = 0; level < depth; level++) deep = level % 2 === 0 ? { a: deep } : { a: [deep] };
  return deep;
}

function manyKeys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}

const AWKWARD_PARTS: Readonly<Record<string, readonly Awkward[]>> = {
  'google.protobuf.Duration': [
    ['zero', duration(0n)],
    ['negative', duration(-1n)],
    ['mixed signs', duration(1n, -1)],
    ['too many nanos', duration(0n, 2 ** 31 - 1)],
    ['too few nanos', duration(0n, -(2 ** 31))],
    ['a second beyond an hour', duration(3_601n)],
    ['a second beyond a year', duration(31_536_001n)],
    ['10,000 years', duration(315_576_000_001n)],
    ['the largest', duration(2n ** 63n - 1n, 999_999_999)],
    ['the smallest', duration(-(2n ** 63n))],
    ['one nano', duration(0n, 1)],
  ],
  'google.protobuf.Timestamp': [
    ['the year 0', timestamp(-62_135_596_801n)],
    ['the year 10000', timestamp(253_402_300_800n)],
    ['negative nanos', timestamp(0n, -1)],
    ['too many nanos', timestamp(0n, 1_000_000_000)],
    ['the largest', timestamp(2n ** 63n - 1n)],
    ['the smallest', timestamp(-(2n ** 63n))],
    ['1970', timestamp(0n)],
    ['the last moment', timestamp(253_402_300_799n, 999_999_999)],
  ],
  'google.protobuf.Struct': [
    ['NaN', { a: Number.NaN }],
    ['infinite', { a: [Number.NEGATIVE_INFINITY] }],
    ['30 levels', deepObject(29)],
    ['31 levels', deepObject(31)],
    ['120 levels', deepObject(120)],
    ['600 levels', deepObject(600)],
    ['the prototype', JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')],
    ['no UTF-8 in a key', { [NOT_UTF8]: NOT_UTF8 }],
    ['many keys', manyKeys(2_000)],
    ['a long list', { a: Array(5_000).fill(null) }],
    ['NUL', { 'a\0': '\0' }],
    ['empty', {}],
    ['a long text', { note: 'x'.repeat(70_000), progress: 1e300, status: [], error: { reason: {}, message: [] } }],
    [
      'progress without sense',
      { progress: -1, status: 'failed', error: '\0'.repeat(2_000), confidence: 'x', result: [] },
    ],
  ],
};
