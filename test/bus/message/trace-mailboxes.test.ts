/** Goal: a trace shows who had a message for how long, however that ended. Method: the real engine, a tracer that takes notes. */
import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { traceMailboxes } from '../../../src/bus/message/trace-mailboxes.ts';
import type { MessageKey } from '../../../src/engine/engine.ts';
import { TRACE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { createRecordingTracer } from '../../recording-tracer.ts';
import { openInMemoryEngine } from '../in-memory-engine.ts';

const SENDER = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const LEASE_MS = 30_000;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function open() {
  const clock = createFakeClock();
  const tracer = createRecordingTracer(clock);
  const engine = await openInMemoryEngine(clock);
  onTestFinished(() => engine.close());
  const parentOf = ({ messageId }: MessageKey) => (messageId === 'known' ? 'span-of-send' : undefined);
  const mailboxes = traceMailboxes(engine.mailboxes, { tracer, clock, parentOf });
  const accept = async (messageId: string, metadata: Record<string, string> = {}) => {
    const envelope = toBinary(EnvelopeSchema, create(EnvelopeSchema, { messageId, metadata }));
    const message = { sender: SENDER, messageId, fingerprint: new Uint8Array(16), recipients: [BACKEND], priority: 2 };
    await engine.journal.commit({ messages: [{ ...message, acceptedAt: clock.now(), envelope }] });
  };
  const lease = async (limit = 1) =>
    await mailboxes.lease({ agentId: BACKEND, holder: 'h', limit, maxBytes: 1_000_000, leaseMs: LEASE_MS });
  const delivered = () => tracer.spans.filter(({ name }) => name === 'deliver');
  return { clock, engine, mailboxes, spans: tracer.spans, accept, lease, delivered };
}

describe('the span of a delivery', () => {
  it('says what is delivered to whom, and not what it says', async () => {
    const { accept, lease, delivered, clock } = await open();
    await accept('m-1', { traceparent: TRACEPARENT });
    const [leased] = await lease();
    expect(delivered()).toEqual([
      {
        name: 'deliver',
        traceparent: 'span-1',
        parent: TRACEPARENT,
        startedAt: clock.now(),
        attributes: {
          'messaging.system': 'agentbus',
          'messaging.operation.name': 'deliver',
          'messaging.destination.name': BACKEND,
          'messaging.message.id': 'm-1',
          'messaging.message.envelope.size': leased?.envelope.length,
          'agentbus.sender': SENDER,
          'agentbus.attempt': 1,
        },
      },
    ]);
  });

  it.each([
    { messageId: 'known', parent: 'span-of-send' },
    { messageId: 'unknown', parent: undefined },
  ])('of a message without a trace of its own belongs to what is known of it: $messageId', async (expected) => {
    const { accept, lease, delivered } = await open();
    await accept(expected.messageId);
    await lease();
    expect(delivered()).toMatchObject([{ parent: expected.parent }]);
  });

  it('ends with the acknowledgement, whose span is within it', async () => {
    const { accept, lease, mailboxes, spans, clock } = await open();
    await accept('m-1');
    const [leased] = await lease();
    clock.advance(7);
    const deliveryIds = [leased!.deliveryId, 'unknown'];
    await mailboxes.acknowledge(BACKEND, deliveryIds);
    await mailboxes.acknowledge(BACKEND, deliveryIds);
    const endedAt = clock.now();
    expect(spans).toMatchObject([
      { name: 'deliver', endedAt, attributes: { 'agentbus.outcome': 'acknowledged' } },
      { name: 'acknowledge', parent: 'span-1', endedAt, attributes: { 'messaging.operation.type': 'settle' } },
    ]);
  });

  it('ends when the recipient gives it back, and says at the next one why it comes again', async () => {
    const { accept, lease, mailboxes, delivered } = await open();
    await accept('m-1');
    const [leased] = await lease();
    await mailboxes.release(BACKEND, [leased!.deliveryId], { delayMs: 0, because: 'rejected' });
    await lease();
    expect(delivered()).toMatchObject([
      { attributes: { 'agentbus.outcome': 'rejected', 'agentbus.attempt': 1 } },
      { attributes: { 'agentbus.attempt': 2, 'agentbus.redelivered_because': 'rejected' } },
    ]);
    expect(delivered()[1]).not.toHaveProperty('endedAt');
  });

  it('ends when the recipient gives it up', async () => {
    const { accept, lease, mailboxes, delivered } = await open();
    await accept('m-1');
    const [leased] = await lease();
    await mailboxes.discard(BACKEND, [leased!.deliveryId], 'no');
    expect(delivered()).toMatchObject([
      { endedAt: expect.any(Number), attributes: { 'agentbus.outcome': 'dead_lettered' } },
    ]);
  });

  it('ends with the holder, and tells what it saw from what never left', async () => {
    const { accept, lease, mailboxes, delivered } = await open();
    await accept('m-1');
    await accept('m-2');
    const [, second] = await lease(2);
    mailboxes.releaseHolder(BACKEND, 'another', 'all');
    expect(delivered().some(({ endedAt }) => endedAt !== undefined)).toBe(false);
    mailboxes.releaseHolder(BACKEND, 'h', [second!.deliveryId]);
    expect(delivered().map(({ attributes }) => attributes['agentbus.outcome'])).toEqual(['holder_gone', 'never_sent']);
  });

  it('ends with the lease, at the moment to which it was extended', async () => {
    const { accept, lease, mailboxes, delivered, clock } = await open();
    await accept('m-1');
    const [leased] = await lease();
    clock.advance(20_000);
    await mailboxes.extend(BACKEND, [leased!.deliveryId], LEASE_MS);
    const endedAt = clock.now() + LEASE_MS;
    clock.advance(LEASE_MS - 1);
    expect(delivered()[0]).not.toHaveProperty('endedAt');
    clock.advance(TRACE_LIMITS.leaseLookMs + 1);
    expect(delivered()).toMatchObject([{ endedAt, attributes: { 'agentbus.outcome': 'lease_expired' } }]);
  });

  it('ends when the bus takes the message back', async () => {
    const { accept, lease, engine, delivered } = await open();
    await accept('m-1');
    await lease();
    const withdrawal = { sender: SENDER, messageId: 'm-1', recipient: BACKEND, reason: 'task ended' };
    await engine.journal.commit({ withdraw: [withdrawal] });
    expect(delivered()).toMatchObject([
      { endedAt: expect.any(Number), attributes: { 'agentbus.outcome': 'withdrawn' } },
    ]);
  });
});

it('deliveries that are followed are bounded: the oldest is let go', async () => {
  const { accept, lease, delivered, mailboxes } = await open();
  const count = TRACE_LIMITS.maxOpen + 1;
  for (let sent = 0; sent < count; sent++) void accept(`m-${sent}`);
  await accept('last');
  const leases = await lease(count);
  expect(leases).toHaveLength(count);
  expect(delivered().filter(({ endedAt }) => endedAt !== undefined)).toMatchObject([
    { attributes: { 'messaging.message.id': 'm-0', 'agentbus.outcome': 'not_followed' } },
  ]);
  await mailboxes.acknowledge(BACKEND, [leases[0]!.deliveryId]);
});
