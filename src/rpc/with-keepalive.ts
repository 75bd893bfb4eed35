import type { Clock } from '../lib/clock.ts';

/**
 * Passes batches on, and `undefined` whenever none came for an interval: the transport's own
 * pings do not cross proxies, so a quiet stream has to say something itself.
 * Ends the source when its reader leaves.
 */
export async function* withKeepalive<Batch>(
  source: AsyncIterable<Batch>,
  { clock, intervalMs }: { clock: Clock; intervalMs: number },
): AsyncGenerator<Batch | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let pending = iterator.next();
  try {
    for (;;) {
      const result = await Promise.race([pending, quiet(clock, intervalMs, pending)]);
      if (result === undefined) {
        yield undefined;
        continue;
      }
      if (result.done) return;
      pending = iterator.next();
      yield result.value;
    }
  } finally {
    pending.catch(() => undefined);
    await iterator.return?.();
  }
}

/** Resolves with undefined after an interval; frees its timer as soon as `until` settles. */
function quiet(clock: Clock, intervalMs: number, until: Promise<unknown>): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(() => resolve(undefined), intervalMs);
    const stop = () => timer.cancel();
    until.then(stop, stop);
  });
}
