import { describe, expect, test } from 'vitest';
import { withKeepalive } from '../../src/rpc/with-keepalive.ts';
import { createFakeClock } from '../fake-clock.ts';

/** A source that the test feeds. */
function createSource() {
  const waiting: PromiseWithResolvers<IteratorResult<number>>[] = [];
  let returned = false;
  const iterator: AsyncIterator<number> = {
    next() {
      const next = Promise.withResolvers<IteratorResult<number>>();
      waiting.push(next);
      return next.promise;
    },
    async return() {
      returned = true;
      return { done: true, value: undefined };
    },
  };
  return {
    iterable: { [Symbol.asyncIterator]: () => iterator },
    give: (value: number) => waiting.shift()?.resolve({ done: false, value }),
    end: () => waiting.shift()?.resolve({ done: true, value: undefined }),
    fail: (error: Error) => waiting.shift()?.reject(error),
    get returned() {
      return returned;
    },
  };
}

// Goal: a quiet stream says something every interval, and batches pass as they come. Method: time and source by hand.
describe('withKeepalive', () => {
  test('says something every interval of silence, and nothing else gets lost or delayed', async () => {
    const clock = createFakeClock();
    const source = createSource();
    const stream = withKeepalive(source.iterable, { clock, intervalMs: 1_000 });
    for (let quiet = 0; quiet < 3; quiet++) {
      const next = stream.next();
      await Promise.resolve();
      clock.advance(1_000);
      expect(await next).toEqual({ done: false, value: undefined });
    }
    const next = stream.next();
    await Promise.resolve();
    clock.advance(999);
    source.give(7);
    expect(await next).toEqual({ done: false, value: 7 });
    expect(clock.pending).toBe(0);
    const last = stream.next();
    source.end();
    expect(await last).toEqual({ done: true, value: undefined });
    expect(clock.pending).toBe(0);
  });

  test('fails as its source does', async () => {
    const source = createSource();
    const stream = withKeepalive(source.iterable, { clock: createFakeClock(), intervalMs: 1_000 });
    const next = stream.next();
    source.fail(new Error('the store failed'));
    await expect(next).rejects.toThrow('the store failed');
  });

  test('ends its source when its reader leaves', async () => {
    const clock = createFakeClock();
    const source = createSource();
    const stream = withKeepalive(source.iterable, { clock, intervalMs: 1_000 });
    const next = stream.next();
    source.give(1);
    await next;
    await stream.return(undefined);
    expect(source.returned).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
