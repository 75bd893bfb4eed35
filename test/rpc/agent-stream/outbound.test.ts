/** Goal: what waits for a writer grows into full frames, within bounds, and none is lost or reordered. Method: the queue alone. */
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ErrorFrameSchema, ServerHeartbeatSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Lease } from '../../../src/engine/engine.ts';
import { STREAM_LIMITS } from '../../../src/limits.ts';
import type { OutboundFrame, SendAnswer } from '../../../src/rpc/agent-stream/frames.ts';
import { createOutbound, type Outbound } from '../../../src/rpc/agent-stream/outbound.ts';
import { createFakeClock } from '../../fake-clock.ts';

const HEARTBEAT = { case: 'heartbeat', value: create(ServerHeartbeatSchema) } as const;
const REFUSAL = { case: 'error', value: create(ErrorFrameSchema) } as const;
const nothing = () => undefined;

function lease(messageId: string, bytes = 100): Lease {
  const envelope = new Uint8Array(bytes);
  const base = {
    deliveryId: messageId,
    attempt: 1,
    leaseExpiresAt: 0,
    sender: 'a://a',
    priority: 2,
    tag: 0,
    acceptedAt: 0,
  };
  return { ...base, messageId, envelope };
}

function result(messageId: string): SendAnswer {
  return { messageId, duplicate: false, acceptedAt: 0, recipients: [] };
}

/** Reads what is there, as `kind:ids` or `kind`. */
async function drain(outbound: Outbound): Promise<string[]> {
  const read: string[] = [];
  while (!outbound.empty) read.push(describeFrame(await outbound.next()));
  return read;
}

function describeFrame(frame: OutboundFrame | undefined): string {
  if (frame?.case !== 'delivery' && frame?.case !== 'sendResult') return frame?.case ?? 'end';
  return `${frame.case}:${frame.value.map(({ messageId }) => messageId).join()}`;
}

describe('what waits', () => {
  it('joins frames of its kind, which leave in the order in which they began', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.deliver([lease('d1')]);
    outbound.answer([result('r1')], nothing);
    outbound.push(HEARTBEAT);
    outbound.deliver([lease('d2'), lease('d3')]);
    outbound.push(REFUSAL);
    outbound.answer([result('r2')], nothing);
    expect(await drain(outbound)).toEqual(['delivery:d1,d2,d3', 'sendResult:r1,r2', 'heartbeat', 'error']);
  });

  it('does not join a frame that was taken', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.deliver([lease('d1')]);
    const first = await outbound.next();
    outbound.deliver([lease('d2')]);
    expect([describeFrame(first), ...(await drain(outbound))]).toEqual(['delivery:d1', 'delivery:d2']);
  });

  it.each([
    { bound: 'count', bytes: 10, perFrame: STREAM_LIMITS.maxDeliveriesPerFrame },
    { bound: 'bytes', bytes: STREAM_LIMITS.maxFrameBytes / 4, perFrame: 3 },
    { bound: 'bytes, but always holds one', bytes: STREAM_LIMITS.maxFrameBytes * 2, perFrame: 1 },
  ])('fills frames up to their bound in $bound', async ({ bytes, perFrame }) => {
    const outbound = createOutbound(createFakeClock());
    outbound.deliver(Array.from({ length: perFrame * 2 }, (_, index) => lease(`d${index}`, bytes)));
    const sizes = (await drain(outbound)).map((frame) => frame.split(',').length);
    expect(sizes).toEqual([perFrame, perFrame]);
  });

  it('reaches a writer that waits only at the end of the turn, so that all of a turn shares a frame', async () => {
    const outbound = createOutbound(createFakeClock());
    const next = outbound.next();
    outbound.answer([result('r1')], nothing);
    await Promise.resolve();
    outbound.answer([result('r2')], nothing);
    expect(describeFrame(await next)).toBe('sendResult:r1,r2');
  });

  it('tells when it was taken', async () => {
    const outbound = createOutbound(createFakeClock());
    const taken: string[] = [];
    outbound.answer([result('r1')], () => taken.push('r1'));
    outbound.answer([result('r2')], () => taken.push('r2'));
    outbound.push(REFUSAL, () => taken.push('error'));
    expect(taken).toEqual([]);
    await outbound.next();
    expect(taken).toEqual(['r1', 'r2']);
    outbound.fail(new Error('over'));
    outbound.push(REFUSAL, () => taken.push('too late'));
    expect(taken).toEqual(['r1', 'r2', 'error', 'too late']);
  });
});

describe('room', () => {
  it('ends with the bytes that wait and comes back when they are taken', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.deliver([lease('d1', STREAM_LIMITS.maxQueuedBytes)]);
    expect(outbound.hasRoom).toBe(false);
    let granted = false;
    const room = outbound.room().then(() => {
      granted = true;
    });
    await Promise.resolve();
    expect(granted).toBe(false);
    await outbound.next();
    await room;
    expect(outbound.hasRoom).toBe(true);
  });

  it('is granted to those who wait when the stream is over', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.deliver([lease('d1', STREAM_LIMITS.maxQueuedBytes)]);
    const room = outbound.room();
    outbound.fail(new Error('over'));
    await room;
  });
});

describe('the end', () => {
  it('comes after what waits when it is a good one', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.push(HEARTBEAT);
    outbound.finish();
    outbound.push(REFUSAL);
    expect(await drain(outbound)).toEqual(['heartbeat']);
    expect(await outbound.next()).toBeUndefined();
  });

  it('comes at once when it is an error, of which the first counts', async () => {
    const outbound = createOutbound(createFakeClock());
    outbound.push(HEARTBEAT);
    outbound.finish();
    outbound.fail(new Error('first'));
    outbound.fail(new Error('second'));
    await expect(outbound.next()).rejects.toThrow('first');
  });

  it.each([
    { how: 'well', end: (outbound: Outbound) => outbound.finish(), outcome: { status: 'fulfilled', value: undefined } },
    {
      how: 'with an error',
      end: (outbound: Outbound) => outbound.fail(new Error('over')),
      outcome: { status: 'rejected', reason: new Error('over') },
    },
  ])('wakes a writer that waits: $how', async ({ end, outcome }) => {
    const outbound = createOutbound(createFakeClock());
    const next = outbound.next();
    end(outbound);
    expect(await Promise.allSettled([next])).toEqual([outcome]);
  });
});

it('a writer that does not come back counts as stalled, one that waits does not', async () => {
  const clock = createFakeClock();
  const outbound = createOutbound(clock);
  outbound.push(HEARTBEAT);
  clock.advance(1_000);
  expect([outbound.stalledMs(), outbound.idleMs()]).toEqual([1_000, 1_000]);
  await outbound.next();
  clock.advance(500);
  expect([outbound.stalledMs(), outbound.idleMs()]).toEqual([500, 500]);
  const next = outbound.next();
  clock.advance(500);
  expect([outbound.stalledMs(), outbound.idleMs()]).toEqual([0, 1_000]);
  outbound.fail(new Error('over'));
  await expect(next).rejects.toThrow('over');
});
