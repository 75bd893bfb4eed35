import type { JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/bus/aggregation/canonical-json.ts';

// Goal: equal values have equal texts, and different values different ones.
// Method: cases by hand, and random JSON whose objects are turned around at every depth.
describe('canonicalJson', () => {
  test.each([
    [{ b: 1, a: [{ d: 2, c: null }] }, '{"a":[{"c":null,"d":2}],"b":1}'],
    [{ 10: 'x', 9: 'y' }, '{"10":"x","9":"y"}'],
    [[2, 1], '[2,1]'],
    [-0, '0'],
    ['a"b', '"a\\"b"'],
    [JSON.parse('{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}'],
  ])('%j becomes %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('does not depend on the order of keys, and loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (random) => {
        const value = random as JsonValue;
        expect(canonicalJson(turnedAround(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

function turnedAround(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turnedAround);
  const members = Object.entries(value).map(([key, member]) => [key, turnedAround(member)] as const);
  return Object.fromEntries(members.toReversed());
}
