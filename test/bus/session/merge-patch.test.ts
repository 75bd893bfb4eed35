import { describe, expect, test } from 'vitest';
import { applyMergePatch, findForbiddenKey } from '../../../src/bus/session/merge-patch.ts';

// Goal: patches do what RFC 7396 says. Method: its own examples (appendix A) that concern objects.
describe('applyMergePatch', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j is %j', (target, patch, expected) => {
    const before = structuredClone(target);
    expect(applyMergePatch(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });
});

describe('findForbiddenKey', () => {
  test.each(['__proto__', 'constructor', 'prototype'])('finds %s at any depth', (key) => {
    expect(findForbiddenKey(JSON.parse(`{"a":[{"b":{"${key}":{"polluted":true}}}]}`))).toBe(key);
  });

  test('takes a list that is longer than a call can have arguments', () => {
    const ones = Array.from({ length: 500_000 }, () => 1);
    expect(findForbiddenKey({ ones })).toBeUndefined();
    expect(findForbiddenKey({ ones: [...ones, { constructor: 1 }] })).toBe('constructor');
  });

  test('lets the rest through', () => {
    expect(findForbiddenKey({ proto: 1, list: [null, 'constructor'] })).toBeUndefined();
  });
});
