/**
 * Goal: following a session does not hang on a connection that died without a word, which browsers do not notice.
 * Method: a service in memory that falls silent, time by hand.
 */
import { createClient, createRouterTransport } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { followSession } from '../../src/client/session-events.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from './seeded-random.ts';

const event = (sequence: number) => ({
  event: { sessionId: 'sess_a', sequence: BigInt(sequence), body: { case: 'participantRemoved', value: {} } as const },
});
const lastEvent = (sequence: number) => ({
  event: { sequence: BigInt(sequence), body: { case: 'sessionCompleted', value: {} } as const },
});

test('a stream that is silent for too long is left, and taken up after the last event', async () => {
  const asked: bigint[] = [];
  const resumed = Promise.withResolvers<void>();
  const transport = createRouterTransport(({ service }) => {
    service(SessionService, {
      async *watchSession({ afterSequence }, { signal }) {
        asked.push(afterSequence);
        yield {};
        if (asked.length === 1) {
          yield event(1);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        } else {
          resumed.resolve();
          yield lastEvent(2);
        }
      },
    });
  });
  const clock = createFakeClock();
  const sessions = createClient(SessionService, transport);
  const closed = new AbortController().signal;
  const source = { sessions, sessionId: 'sess_a', clock, random: createSeededRandom(1), closed };
  const events = followSession(source, {});
  expect((await events.next()).value).toMatchObject({ sequence: 1 });

  // While the reader is busy with an event, nobody measures the silence.
  clock.advance(600_000);
  const next = events.next();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(89_999);
  expect(asked).toEqual([0n]);
  clock.advance(1);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(200);
  await resumed.promise;
  expect((await next).value).toMatchObject({ sequence: 2 });
  expect(asked).toEqual([0n, 1n]);
  expect(await events.next()).toMatchObject({ done: true });
  expect(clock.pending).toBe(0);
});
