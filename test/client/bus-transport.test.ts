/**
 * Goal: a call is repeated when, and only when, that cannot do harm. Method: a service in memory that is unavailable
 * for a while, time by hand.
 */
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { createBusTransport } from '../../src/client/bus-transport.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from './seeded-random.ts';

/** A clock on which every wait is over at once. */
function createHastyClock(): Clock & { readonly waits: number[] } {
  const clock = createFakeClock();
  const waits: number[] = [];
  return {
    now: clock.now,
    waits,
    setTimer(callback, delayMs) {
      waits.push(delayMs);
      const timer = clock.setTimer(callback, delayMs);
      queueMicrotask(() => clock.advance(delayMs));
      return timer;
    },
  };
}

/** A bus whose first calls fail. */
function start(failures: number, code: Code = Code.Unavailable) {
  let calls = 0;
  const answer = () => {
    calls++;
    if (calls <= failures) throw new ConnectError('no', code);
    return { session: { sessionId: 'sess_a' } };
  };
  const bare = createRouterTransport(({ service }) => {
    service(SessionService, { getSession: answer, createSession: answer });
  });
  const clock = createHastyClock();
  const transport = createBusTransport(bare, { clock, random: createSeededRandom(3), address: 'http://127.0.0.1:9' });
  return { client: createClient(SessionService, transport), clock, calls: () => calls };
}

describe('a call', () => {
  test('that only reads is repeated until the bus is back', async () => {
    const { client, clock, calls } = start(5);
    expect(await client.getSession({ sessionId: 'sess_a' })).toMatchObject({ session: { sessionId: 'sess_a' } });
    expect(calls()).toBe(6);
    expect(clock.waits).toHaveLength(5);
  });

  test('is given up after eight tries', async () => {
    const { client, calls } = start(100);
    await expect(client.getSession({ sessionId: 'sess_a' })).rejects.toMatchObject({
      name: 'AgentbusError',
      code: 'UNAVAILABLE',
      message: 'cannot reach the bus at http://127.0.0.1:9: no',
    });
    expect(calls()).toBe(8);
  });

  test('that may have taken effect is not repeated', async () => {
    const { client, calls } = start(1);
    await expect(client.createSession({ orchestrator: 'a://b' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls()).toBe(1);
  });

  test.each([Code.NotFound, Code.InvalidArgument, Code.ResourceExhausted])(
    'that is refused with %i is not repeated',
    async (code) => {
      const { client, calls } = start(1, code);
      await expect(client.getSession({ sessionId: 'sess_a' })).rejects.toMatchObject({ name: 'AgentbusError' });
      expect(calls()).toBe(1);
    },
  );

  test('that was cancelled is not repeated, whatever the error looks like', async () => {
    const { client, calls } = start(100);
    const signal = AbortSignal.abort();
    await expect(client.getSession({ sessionId: 'sess_a' }, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(calls()).toBe(1);
  });
});
