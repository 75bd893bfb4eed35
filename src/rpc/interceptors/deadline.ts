import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { reasonOf, toConnectError } from '../errors.ts';

/**
 * Ends a call when its signal aborts - the deadline passed, the client left, the
 * process stops - even if the handler does not look. Connect by itself would answer such a call late, and leave a
 * handler that waits for the next request of its stream waiting.
 */
export function createDeadline(log: Logger): Interceptor {
  const late = (error: unknown) => logLateError(log, error);
  return (next) => async (request) => {
    const { signal } = request;
    // A call can end before its request was read: then it must have no effect any more.
    if (signal.aborted) throw causeOf(signal);
    if (!request.stream) return untilAborted(next(request), { signal, late });
    // Reading a request whose call has ended fails with the connection: that is no fault of the handler.
    const message = interruptible(request.message, { signal, late: () => undefined });
    const response = await untilAborted(next({ ...request, message }), { signal, late });
    return response.stream ? { ...response, message: interruptible(response.message, { signal, late }) } : response;
  };
}

/** Logs what went wrong when nobody waited for it any more, if it is a fault of the bus. */
export function logLateError(log: Logger, error: unknown): void {
  // The handler woke up by the very end of the call, as it should.
  if (error instanceof ConnectError || (error instanceof Error && error.name === 'AbortError')) return;
  // A refusal that nobody waits for any more is no failure, and clients with short deadlines could fill the log with them.
  if (reasonOf(toConnectError(error)) !== 'INTERNAL') return;
  log.warn({ err: error }, 'a handler failed after its call had ended');
}

interface Interruption {
  readonly signal: AbortSignal;
  /** Told of what went wrong after nobody waited for it any more. */
  late(error: unknown): void;
}

/** The result of the work, or the reason of the abort, whichever comes first. */
function untilAborted<T>(work: Promise<T>, { signal, late }: Interruption): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const abort = () => {
      over = true;
      reject(causeOf(signal));
    };
    const settled = () => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(
      (result) => {
        settled();
        resolve(result);
      },
      (error: unknown) => {
        settled();
        if (over) late(error);
        reject(error);
      },
    );
  });
}

/**
 * The same values, but whoever waits for the next one is woken by the abort, and the source is let go of.
 * One listener a stream and one promise a value: a race with a promise that lives as long as
 * the stream would keep every value in memory.
 */
function interruptible<T>(source: AsyncIterable<T>, { signal, late }: Interruption): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      let wake: (() => void) | undefined;
      const letGo = () => void iterator.return?.().catch(late);
      signal.addEventListener('abort', () => wake?.(), { once: true });
      const next = () =>
        new Promise<IteratorResult<T>>((resolve, reject) => {
          if (signal.aborted) {
            letGo();
            reject(causeOf(signal));
            return;
          }
          wake = () => {
            wake = undefined;
            reject(causeOf(signal));
            letGo();
          };
          iterator.next().then(
            (result) => {
              wake = undefined;
              resolve(result);
            },
            (error: unknown) => {
              if (wake === undefined) late(error);
              wake = undefined;
              reject(error);
            },
          );
        });
      return {
        next,
        return: (last?: unknown) => iterator.return?.(last) ?? Promise.resolve({ done: true, value: last as T }),
        throw: (error: unknown) => iterator.throw?.(error) ?? Promise.reject(error),
      };
    },
  };
}

function causeOf(signal: AbortSignal): unknown {
  return signal.reason instanceof Error ? signal.reason : new ConnectError('the call ended', Code.Canceled);
}
