import { describe, expect, it } from 'vitest';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createFakeClock } from '../fake-clock.ts';
import { restartCases } from './contract/restart.ts';
import type { Rig } from './contract/rig.ts';
import { AGENT, createRig, texts } from './contract/rig.ts';
import { describeEngineContract } from './contract.ts';
import { openInlineEngine } from './open-inline-engine.ts';

const random = createSystemRandom();

for (const [moment, defer] of [
  ['in a microtask', queueMicrotask],
  ['in a turn of its own', setImmediate],
] as const) {
  describeEngineContract({
    name: `sqlite without a thread, batches ${moment}`,
    async open(options) {
      const engine = await openInlineEngine({ ...options, random, defer });
      return { engine, dispose: () => engine.close() };
    },
    skip: [
      {
        reason: 'an engine in memory keeps nothing when it is closed',
        tests: restartCases.map((one) => one.name),
      },
    ],
  });
}

describe('an engine without a thread', () => {
  it('does nothing until its test lets it, and then one batch at a time, in order', async () => {
    const { rig, waiting, runOne, runAtOnce } = await openRig();
    const done: string[] = [];
    const send = (messageId: string): Promise<void> => rig.send({ messageId }).then(() => void done.push(messageId));
    const first = send('first');
    await turn();
    const second = send('second');
    await turn();
    expect([done, rig.engine.mailboxes.depth(AGENT).messages, waiting.length]).toEqual([[], 2, 1]);
    runOne();
    await first;
    expect([done, waiting.length]).toEqual([['first'], 1]);
    runOne();
    await second;
    expect(done).toEqual(['first', 'second']);
    const leased = rig.lease();
    await turn();
    runOne();
    expect(texts(await leased)).toEqual(['first', 'second']);
    runAtOnce();
    await rig.engine.close();
  });
});

/** Lets all that follows from what has happened follow. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An engine that, once it is open, runs a batch when the test says so, until the test lets go of it. */
async function openRig(): Promise<{ rig: Rig; waiting: (() => void)[]; runOne(): void; runAtOnce(): void }> {
  const waiting: (() => void)[] = [];
  let held = false;
  const defer = (run: () => void): void => (held ? void waiting.push(run) : queueMicrotask(run));
  const rig = await createRig({
    clock: createFakeClock(),
    limits: STORE_LIMITS,
    async open(options) {
      const engine = await openInlineEngine({ ...options, random, defer });
      return { engine, dispose: () => engine.close() };
    },
    disposeLater() {},
  });
  held = true;
  return {
    rig,
    waiting,
    runOne: () => waiting.shift()?.(),
    runAtOnce() {
      held = false;
    },
  };
}
