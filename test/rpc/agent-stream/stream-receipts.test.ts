/**
 * Goal: receipts never get in the way of a stream, whatever its client reads. Method: real receipts and a real queue
 * of frames, without a bus.
 */
import { expect, it } from 'vitest';
import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { createReceipts } from '../../../src/bus/message/receipts.ts';
import { tagOf } from '../../../src/bus/message/tags.ts';
import type { Lease } from '../../../src/engine/engine.ts';
import { STREAM_LIMITS } from '../../../src/limits.ts';
import { createOutbound } from '../../../src/rpc/agent-stream/outbound.ts';
import { startStreamReceipts } from '../../../src/rpc/agent-stream/stream-receipts.ts';
import { createFakeClock } from '../../fake-clock.ts';

const SENDER = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const { QUEUED, DELIVERED, ACKNOWLEDGED } = MessageState;
const tag = tagOf({ isTask: false, receipts: [QUEUED, DELIVERED, ACKNOWLEDGED] });
const { maxQueuedReceipts, maxKeptReceipts } = STREAM_LIMITS;

function open() {
  const clock = createFakeClock();
  let dropped = 0;
  const receipts = createReceipts({ clock, observer: { receiptDropped: () => dropped++ } });
  const outbound = createOutbound(clock);
  const stream = startStreamReceipts({ receipts, agentId: SENDER, outbound });
  /** Resolves when these are in their mailboxes. */
  const queue = async (...messageIds: string[]) => {
    const durable = Promise.resolve();
    for (const messageId of messageIds)
      receipts.queued({ sender: SENDER, messageId, recipients: [BACKEND], tag, acceptedAt: 1 }, durable);
    await durable;
  };
  const deliver = (messageId: string, attempt: number) =>
    receipts.delivered(BACKEND, [{ ...lease(0), messageId, attempt }]);
  return { receipts, outbound, stream, queue, deliver, dropped: () => dropped };
}

function lease(bytes: number): Lease {
  const times = { leaseExpiresAt: 0, acceptedAt: 0 };
  const envelope = new Uint8Array(bytes);
  return { deliveryId: 'd', messageId: 'd', attempt: 1, sender: SENDER, priority: 2, tag, ...times, envelope };
}

/** The next frame, as `message:STATE` or its kind. */
async function next(outbound: ReturnType<typeof createOutbound>): Promise<string> {
  const frame = await outbound.next();
  if (frame?.case !== 'receipt') return frame?.case ?? 'end';
  return `${frame.value.messageId}:${MessageState[frame.value.state]}`;
}

async function drain(outbound: ReturnType<typeof createOutbound>): Promise<string[]> {
  const frames: string[] = [];
  while (!outbound.empty) {
    frames.push(await next(outbound));
    // Whoever waits for room goes on in a turn of its own.
    await Promise.resolve();
  }
  return frames;
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `m-${index}`);
}

it('a receipt is a frame with all that is known', async () => {
  const { outbound, deliver } = open();
  deliver('m-1', 2);
  expect((await outbound.next())?.value).toMatchObject({
    messageId: 'm-1',
    recipient: BACKEND,
    state: DELIVERED,
    time: { seconds: BigInt(Date.parse('2026-01-01T00:00:00Z') / 1_000) },
    attempt: 2,
    reason: '',
  });
});

it('a client that reads gets every state, in order', async () => {
  const { outbound, queue, deliver } = open();
  await queue('m-1', 'm-2');
  deliver('m-1', 1);
  expect(await drain(outbound)).toEqual(['m-1:QUEUED', 'm-2:QUEUED', 'm-1:DELIVERED']);
});

it('no more than a few wait in the queue: deliveries find room beside them', async () => {
  const { outbound, queue } = open();
  await queue(...names(maxKeptReceipts));
  expect(outbound.hasRoom).toBe(true);
});

it('what is kept back is the newest state of each copy, and comes when the queue is read', async () => {
  const { outbound, queue, deliver, dropped } = open();
  await queue(...names(maxQueuedReceipts));
  await queue('late-1', 'late-2');
  deliver('late-1', 1);
  const frames = await drain(outbound);
  expect(frames.slice(maxQueuedReceipts)).toEqual(['late-2:QUEUED', 'late-1:DELIVERED']);
  expect(dropped()).toBe(0);
});

it('a full queue gets none until it is read', async () => {
  const { outbound, queue } = open();
  outbound.deliver([lease(STREAM_LIMITS.maxQueuedBytes), lease(STREAM_LIMITS.maxFrameBytes)]);
  await queue('m-1');
  const frames = [await next(outbound)];
  await Promise.resolve();
  frames.push(...(await drain(outbound)));
  expect(frames).toEqual(['delivery', 'delivery', 'm-1:QUEUED']);
});

it('beyond the bound new ones are dropped and counted, and known ones still move on', async () => {
  const { outbound, queue, deliver, dropped } = open();
  const all = names(maxQueuedReceipts + maxKeptReceipts);
  await queue(...all);
  expect(dropped()).toBe(0);
  await queue('dropped');
  deliver(all.at(-1)!, 1);
  expect(dropped()).toBe(1);
  const frames = await drain(outbound);
  expect([frames.length, frames.at(-1)]).toEqual([all.length, `${all.at(-1)}:DELIVERED`]);
});

it.each(['fail', 'finish'] as const)('a stream that is over keeps nothing and asks for nothing: %s', async (end) => {
  const { outbound, queue, stream, dropped } = open();
  await queue(...names(maxQueuedReceipts + maxKeptReceipts));
  if (end === 'fail') outbound.fail(new Error('over'));
  else outbound.finish();
  await queue('m-1');
  if (end === 'finish') expect(await drain(outbound)).toHaveLength(maxQueuedReceipts);
  stream.stop();
  await queue('m-2');
  expect([outbound.empty, dropped()]).toEqual([true, 0]);
});
