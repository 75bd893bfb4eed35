import type { Clock } from '../lib/clock.ts';

export interface KeepaliveOptions {
  readonly clock: Clock;
  /** Longest silence. */
  readonly intervalMs: number;
}

/**
 * Passes batches on, and `undefined` whenever none came for an interval: the transport's own
 * pings do not cross proxies, so a quiet stream has to say something itself.
 * Ends the source when its reader leaves.
 */
export async function* withKeepalive<Batch>(
  source: AsyncIterable<Batch>,
  { clock, intervalMs }: KeepaliveOptions,
): AsyncGenerator<Batch | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let arrived: Arrival<Batch> | undefined;
  let wake = (): void => {};
  // One pair of callbacks a batch, however many intervals it takes: a session may be quiet for weeks.
  const pull = (): void => {
    arrived = undefined;
    iterator.next().then(
      (result) => {
        arrived = { result };
        wake();
      },
      (error: unknown) => {
        arrived = { error };
        wake();
      },
    );
  };
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = clock.setTimer(resolve, intervalMs);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
  pull();
  try {
    for (;;) {
      if (arrived === undefined) await wait();
      const next: Arrival<Batch> | undefined = arrived;
      if (next === undefined) {
        yield undefined;
        continue;
      }
      if ('error' in next) throw next.error;
      if (next.result.done) return;
      pull();
      yield next.result.value;
    }
  } finally {
    wake();
    await iterator.return?.();
  }
}

type Arrival<Batch> = { readonly result: IteratorResult<Batch> } | { readonly error: unknown };
