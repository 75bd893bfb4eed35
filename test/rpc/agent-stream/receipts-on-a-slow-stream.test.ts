/**
 * Goal: receipts that a client does not read cost the stream nothing: neither its mail nor its life.
 * Method: the machine without a transport, on a real bus, with a client that reads when it is told to.
 */
import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { incomingFromEnvelope } from '../../../src/bus/message/incoming.ts';
import { STREAM_LIMITS } from '../../../src/limits.ts';
import { AGENT, ALL, envelope, openRig, PEER, type Rig } from './stream-rig.ts';

const { QUEUED, EXPIRED } = MessageState;

/** Messages of the stream's agent to another, which ask for receipts. */
async function send({ bus, clock }: Rig, count: number, expiresInMs: number): Promise<void> {
  await bus.agents.register(ALL, create(AgentDescriptorSchema, { agentId: PEER }));
  const expiresAt = { seconds: BigInt((clock.now() + expiresInMs) / 1_000) };
  const fields = {
    sender: { agentId: AGENT },
    recipient: { target: { case: 'agentId' as const, value: PEER } },
    routing: { receipts: [QUEUED, EXPIRED], expiresAt },
  };
  const messageIds = Array.from({ length: count }, (_, index) => `m-${index}`);
  await Promise.all(messageIds.map((id) => bus.messages.send(ALL, incomingFromEnvelope(envelope(id, fields)))));
}

it('the newest state of each message is kept up to a bound, beyond it news are dropped and counted, and mail still comes', async () => {
  let dropped = 0;
  const rig = await openRig({ observer: { receiptDropped: () => dropped++ } });
  const stream = await rig.open();
  const { maxQueuedReceipts, maxKeptReceipts } = STREAM_LIMITS;
  const beyond = 10;
  await send(rig, maxQueuedReceipts + maxKeptReceipts + beyond, 5_000);
  expect(dropped).toBe(beyond);
  rig.clock.advance(5_000);
  await rig.bus.messages.send(ALL, incomingFromEnvelope(envelope('mail')));
  await rig.bus.flush();

  const states = new Map<string, MessageState[]>();
  let mail = 0;
  for (let kept = 0; kept < maxKeptReceipts; ) {
    const frame = await stream.next();
    if (frame.case === 'delivery') mail++;
    if (frame.case !== 'receipt') continue;
    const { messageId, state } = frame.value;
    states.set(messageId, [...(states.get(messageId) ?? []), state]);
    if (state === EXPIRED) kept++;
  }
  expect(mail).toBe(1);
  expect(stream.machine.ended).toBe(false);
  // Those that were in the queue already came as they were; the others only as what they had become.
  expect(states.get('m-0')?.[0]).toBe(QUEUED);
  expect(states.get(`m-${maxQueuedReceipts + 1}`)).toEqual([EXPIRED]);
});

it('a stream that is over hears nothing more', async () => {
  const rig = await openRig();
  let listening = 0;
  const { receipts } = rig.bus as { receipts: { subscribe: typeof rig.bus.receipts.subscribe } };
  const { subscribe } = receipts;
  receipts.subscribe = (agentId, listener) => {
    const stop = subscribe(agentId, listener);
    listening++;
    return () => {
      listening--;
      stop();
    };
  };
  const streams = [await rig.open(), await rig.open({ instanceId: 'i-2' })];
  expect(listening).toBe(2);
  for (const { machine } of streams) machine.end(new Error('over'));
  expect(listening).toBe(0);
});
