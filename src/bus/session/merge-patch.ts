import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** JSON merge patch (RFC 7396) on an object. Pure: neither argument is touched. */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[key];
    } else if (isObject(value)) {
      const before = merged[key];
      merged[key] = applyMergePatch(isObject(before) ? before : {}, value);
    } else {
      merged[key] = value;
    }
  }
  return merged;
}

/** Keys that a JavaScript reader of the context could mistake for the prototype of an object. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** The first forbidden key at any depth, or undefined. */
export function findForbiddenKey(value: JsonValue): string | undefined {
  const pending: JsonValue[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isObject(next)) {
      const object = next;
      const forbidden = FORBIDDEN_KEYS.find((key) => Object.hasOwn(object, key));
      if (forbidden !== undefined) return forbidden;
    }
    if (typeof next !== 'object' || next === null) continue;
    // One by one: a call takes some hundred thousand arguments at most, and a list may be longer.
    for (const part of Object.values(next)) if (typeof part === 'object') pending.push(part);
  }
  return undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
