import { isDeepStrictEqual } from 'node:util';

/**
 * Says where `actual` is not what `expected` asks for; undefined if it is. Objects may have more fields than are
 * asked for, arrays may not have more items. An object with one of the keys below asks for something looser.
 */
export function mismatch(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (isObject(expected)) {
    const [key] = Object.keys(expected);
    const judge = key === undefined ? undefined : JUDGES[key];
    if (key !== undefined && judge !== undefined) {
      return judge(actual, expected[key]) ? undefined : difference(path, expected, actual);
    }
    if (!isObject(actual)) return difference(path, expected, actual);
    return firstOf(Object.entries(expected), ([name, value]) => mismatch(value, actual[name], `${path}.${name}`));
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return difference(path, expected, actual);
    return firstOf([...expected.entries()], ([index, value]) => mismatch(value, actual[index], `${path}[${index}]`));
  }
  return isDeepStrictEqual(expected, actual) ? undefined : difference(path, expected, actual);
}

const JUDGES: Readonly<Record<string, (actual: unknown, bound: unknown) => boolean>> = {
  /** Anything but nothing. */
  $any: (actual) => actual !== undefined && actual !== null,
  /** No such field. */
  $absent: (actual) => actual === undefined,
  /** A text with this in it. */
  $contains: (actual, part) => typeof actual === 'string' && actual.includes(String(part)),
  /** A number, or a text of one, that is as large. */
  $at_least: (actual, bound) => Number(actual) >= Number(bound),
  /** One of several. */
  $one_of: (actual, values) =>
    Array.isArray(values) && values.some((value: unknown) => mismatch(value, actual) === undefined),
};

function firstOf<Item>(items: readonly Item[], check: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function difference(path: string, expected: unknown, actual: unknown): string {
  return `at ${path || 'the top'} expected ${short(expected)}, got ${short(actual)}`;
}

/** Some payloads have megabytes. */
function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
