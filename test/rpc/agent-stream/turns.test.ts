import { expect, test } from 'vitest';
import { createTurns, type Turns } from '../../../src/rpc/agent-stream/turns.ts';

// Goal: streams that flood share the event loop with each other and with everybody else.
// Method: readers that have thousands of frames at hand, and a count of what they took in each turn of the loop.

/** Takes frames as a stream does, all of which have arrived. */
async function flood(turns: Turns, frames: number, took: () => void): Promise<void> {
  for (let frame = 0; frame < frames; frame++) {
    const turn = turns.wait();
    if (turn !== undefined) await turn;
    took();
    turns.spend(1);
    // What a reader does between two frames resolves in the same turn.
    await Promise.resolve();
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('one client that sent a megabyte of heartbeats held up timers and calls of all others for seconds', async () => {
  const turns = createTurns(16);
  let taken = 0;
  let isOver = false;
  void flood(turns, 1_000, () => taken++).then(() => {
    isOver = true;
  });
  while (!isOver) {
    const before = taken;
    await nextTurn();
    expect(taken - before).toBeLessThanOrEqual(2 * 16);
  }
  expect(taken).toBe(1_000);
});

test('a stream with one frame does not wait until those that flood are through', async () => {
  const turns = createTurns(16);
  let taken = 0;
  const floods = [1, 2, 3].map(() => flood(turns, 1_000, () => taken++));
  await nextTurn();
  await flood(turns, 1, () => undefined);
  expect(taken).toBeLessThan(300);
  await Promise.all(floods);
  expect(taken).toBe(3_000);
});
