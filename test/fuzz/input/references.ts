import fc from 'fast-check';

/**
 * What ids mean in a generated value: `<delivery:3>` is whatever stands there when it is sent. Only then is it known what
 * the bus gave out, and a failure that shrinks keeps its meaning.
 */
export type ReferenceKind = 'agent' | 'session' | 'task' | 'delivery' | 'dead_letter' | 'token';

/** The text behind a reference. */
export type Resolve = (kind: ReferenceKind, index: number) => string;

const REFERENCE = /<(agent|session|task|delivery|dead_letter|token):(\d{1,3})>/g;

/** One of the first few things of a kind. */
export function reference(kind: ReferenceKind, few: number): fc.Arbitrary<string> {
  return fc.nat(few - 1).map((index) => `<${kind}:${index}>`);
}

/** A copy of the value, which may be a message or JSON, with every reference replaced. */
export function resolved<T>(value: T, resolve: Resolve): T {
  return replaceIn(value, (text) =>
    text.replace(REFERENCE, (_all, kind: string, index: string) => resolve(kind as ReferenceKind, Number(index))),
  ) as T;
}

function replaceIn(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((entry) => replaceIn(entry, replace));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const copy: object = Object.create(Object.getPrototypeOf(value));
  for (const [key, part] of Object.entries(value)) {
    // An own key that assignment would take for the prototype has to stay one.
    Object.defineProperty(copy, key, {
      value: replaceIn(part, replace),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
