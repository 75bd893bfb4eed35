import { RPC_LIMITS } from '../../limits.ts';
import type { Holding } from './held-bytes.ts';

/**
 * The body of an answer, handed to the connection in parts, so that it shows whether the client reads it, and with what the client
 * has not read yet held on its account. Written by hand rather than as a generator: what is thrown into it
 * has to reach the call as it is.
 */
export function answerBody(source: AsyncIterable<Uint8Array>, holding: Holding): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      let rest: Uint8Array = new Uint8Array(0);
      const part = (): IteratorResult<Uint8Array> => {
        holding.progress(rest.length);
        const value = rest.subarray(0, RPC_LIMITS.pieceBytes);
        rest = rest.subarray(value.length);
        return { done: false, value };
      };
      return {
        async next() {
          // Being asked for more means that the part before has left.
          if (rest.length > 0) return part();
          holding.rest();
          const result = await iterator.next();
          if (result.done) return result;
          rest = result.value;
          return part();
        },
        return(last?: unknown) {
          holding.rest();
          return iterator.return?.(last) ?? Promise.resolve({ done: true, value: last as Uint8Array });
        },
        throw(error: unknown) {
          holding.rest();
          return iterator.throw?.(error) ?? Promise.reject(error);
        },
      };
    },
  };
}
