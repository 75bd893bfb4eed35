import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { pingSession } from '../../src/server/session-ping.ts';
import { createFakeClock } from '../fake-clock.ts';

// Goal: a dead connection is found out soon, and a slow line is not taken for one.
// Method: a connection that only counts bytes, with time and the answers to pings in the test's hand.

function ping() {
  const clock = createFakeClock();
  const answers: (() => void)[] = [];
  const session = Object.assign(new EventEmitter(), {
    socket: { bytesRead: 0, bytesWritten: 0 },
    destroyed: false,
    ping: (answered: (error: null) => void) => answers.push(() => answered(null)),
    destroy() {
      session.destroyed = true;
      session.emit('close');
    },
  });
  const limits = { afterMs: 30_000, timeoutMs: 15_000, oneWayMs: 90_000, slowestBytesPerSecond: 62_500 };
  pingSession(session as never, { clock, ...limits });
  return { clock, session, answer: () => answers.shift()?.() };
}

test('a client was cut while it read a large answer on a slow line: the ping waited behind the answer', () => {
  const { clock, session, answer } = ping();
  session.socket.bytesWritten = 4_000_000;
  clock.advance(30_000);
  // 64 s of 4 MB are left to come when the question is asked, and nothing is heard of who only reads.
  clock.advance(64_000);
  expect(session.destroyed).toBe(false);
  answer();
  expect(session.destroyed).toBe(false);
  // What was said before the question has arrived, and buys no more time.
  clock.advance(30_000 + 15_000);
  expect(session.destroyed).toBe(true);
  expect(clock.pending).toBe(0);
});

test('silence behind a question is death, however much was said long before', () => {
  const { clock, session, answer } = ping();
  session.socket.bytesWritten = 100_000_000;
  clock.advance(30_000);
  answer();
  clock.advance(30_000 + 14_999);
  expect(session.destroyed).toBe(false);
  clock.advance(1);
  expect(session.destroyed).toBe(true);
});

test('no answer is waited for longer than the longest time, whatever was said and is heard', () => {
  const { clock, session } = ping();
  session.socket.bytesWritten = 100_000_000;
  clock.advance(30_000);
  for (let second = 1; second < 90; second++) {
    session.socket.bytesRead++;
    clock.advance(1_000);
    expect(session.destroyed).toBe(false);
  }
  clock.advance(1_000);
  expect(session.destroyed).toBe(true);
});
