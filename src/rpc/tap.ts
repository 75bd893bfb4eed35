/** What to do with what passes through an iterable. */
export interface Tap<T> {
  /** Sees every value on its way; may throw, which ends the iterable. */
  value?(value: T): void;
  /** Turns the error that ends the iterable into another. */
  error?(error: unknown): unknown;
  /** Sees the end, whichever it is, once; `error` is undefined unless it was one. */
  ended?(error: unknown): void;
}

/**
 * An iterable that passes everything on. Written by hand rather than as a
 * generator: a generator parks on its source and could not be ended from outside meanwhile.
 */
export function tap<T>(source: AsyncIterable<T>, { value, error, ended }: Tap<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      let over = false;
      const finish = (reason?: unknown) => {
        if (!over) ended?.(reason);
        over = true;
      };
      const fail = (reason: unknown): never => {
        const mapped = error === undefined ? reason : error(reason);
        finish(mapped);
        throw mapped;
      };
      const pass = (result: IteratorResult<T>) => {
        if (result.done) finish();
        else if (value !== undefined) attempt(() => value(result.value));
        return result;
      };
      const attempt = (act: () => void) => {
        try {
          act();
        } catch (reason) {
          // The reader has its error; the source only has to be let go of.
          void iterator.return?.().catch(() => undefined);
          fail(reason);
        }
      };
      return {
        next: () => iterator.next().then(pass, fail),
        return: (last?: unknown) => {
          finish();
          return iterator.return?.(last) ?? Promise.resolve({ done: true, value: last as T });
        },
        throw: (reason: unknown) => {
          finish(reason);
          return iterator.throw?.(reason) ?? Promise.reject(reason);
        },
      };
    },
  };
}
