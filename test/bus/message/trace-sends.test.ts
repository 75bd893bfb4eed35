/** Goal: a trace shows how a message was accepted or refused, and what it caused joins it. Method: a real bus, a tracer that takes notes. */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, it, onTestFinished } from 'vitest';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { type EnvelopeSchema, MessageType, Priority } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { createBus } from '../../../src/bus/create-bus.ts';
import { createKnownTraces } from '../../../src/bus/message/known-traces.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { TRACE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { anybody, BACKEND, FRONTEND, message, notificationsSession, ORCHESTRATOR } from '../../open-bus.ts';
import { createRecordingTracer } from '../../recording-tracer.ts';
import { openInMemoryEngine } from '../in-memory-engine.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const CALL = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
type Fields = MessageInitShape<typeof EnvelopeSchema> & { $typeName?: never };

async function open() {
  const clock = createFakeClock();
  const tracer = createRecordingTracer(clock);
  const engine = await openInMemoryEngine(clock);
  const intervals = { heartbeatIntervalMs: 15_000, taskLeaseMs: 30_000 };
  const bus = await createBus({ engine, clock, random: createSystemRandom(), observer: {}, tracer, ...intervals });
  onTestFinished(() => bus.close());
  await bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId: BACKEND }));
  await bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
  const send = async (fields: Fields = {}, calledWithin?: string) =>
    await bus.messages.send(anybody, {
      ...message({ messageId: 'm-1', ...fields }),
      ...(calledWithin !== undefined && { calledWithin }),
    });
  const receive = async () => {
    const signal = new AbortController().signal;
    const request = { agentId: BACKEND, instanceId: 'i', maxMessages: 10, waitMs: 0, leaseMs: 30_000, signal };
    return await bus.deliveries.receive(anybody, request);
  };
  return { bus, clock, spans: tracer.spans, send, receive };
}

it('an accepted message is a span with the decision in it', async () => {
  const { send, spans, clock } = await open();
  await send({
    sender: { agentId: ORCHESTRATOR, sessionId: 'sess_a' },
    recipient: { target: { case: 'role', value: 'implementer' } },
    priority: Priority.HIGH,
    correlationId: 'm-0',
    metadata: { traceparent: TRACEPARENT },
  });
  const base = {
    'messaging.system': 'agentbus',
    'messaging.destination.name': 'role:implementer',
    'messaging.message.id': 'm-1',
    'agentbus.sender': ORCHESTRATOR,
    'agentbus.recipients': [BACKEND, FRONTEND],
  };
  const endedAt = clock.now();
  expect(spans).toEqual([
    {
      name: 'send',
      traceparent: 'span-1',
      parent: TRACEPARENT,
      startedAt: endedAt,
      endedAt,
      attributes: {
        ...base,
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.message.conversation_id': 'm-0',
        'messaging.message.envelope.size': expect.any(Number),
        'agentbus.session_id': 'sess_a',
        'agentbus.message_type': 'NOTIFICATION',
        'agentbus.priority': 'HIGH',
        'agentbus.duplicate': false,
      },
    },
    {
      name: 'route',
      traceparent: 'span-2',
      parent: 'span-1',
      startedAt: endedAt,
      endedAt,
      attributes: { ...base, 'messaging.operation.name': 'route' },
    },
  ]);
});

it.each([
  { title: 'its own before that of the call', own: TRACEPARENT, call: CALL, parent: TRACEPARENT },
  { title: 'that of the call if it has none', own: undefined, call: CALL, parent: CALL },
  { title: 'that of the call if its own is not valid', own: 'nonsense', call: CALL, parent: CALL },
  { title: 'a new one if the call has none that is valid', own: undefined, call: 'nonsense', parent: undefined },
])('a message belongs to the trace that it carries: $title', async ({ own, call, parent }) => {
  const { send, spans } = await open();
  await send({ metadata: own === undefined ? {} : { traceparent: own } }, call);
  expect(spans[0]).toMatchObject({ name: 'send', traceparent: 'span-1' });
  expect(spans[0]?.parent).toBe(parent);
});

it('what a message causes joins the trace that it carries, or else the span of its acceptance', async () => {
  const { send, spans, receive } = await open();
  const messageType = MessageType.TASK_REQUEST;
  await send({ messageId: 'own', messageType, metadata: { traceparent: TRACEPARENT } });
  await send({ messageId: 'none', messageType });
  await receive();
  const parentOf = (name: string, id: string) =>
    spans.find(
      ({ name: is, attributes }) =>
        is === name && (attributes['messaging.message.id'] ?? attributes['agentbus.task_id']) === id,
    )?.parent;
  const sent = spans.find(({ name, attributes }) => name === 'send' && attributes['messaging.message.id'] === 'none');
  expect([parentOf('deliver', 'own'), parentOf('task', 'own')]).toEqual([TRACEPARENT, TRACEPARENT]);
  expect([parentOf('deliver', 'none'), parentOf('task', 'none')]).toEqual([sent?.traceparent, sent?.traceparent]);
});

it('a refusal is an error of the decision, or of what comes before it', async () => {
  const { send, spans } = await open();
  await expect(send({ recipient: { target: { case: 'agentId', value: 'nobody://there' } } })).rejects.toThrow();
  await expect(send({ sender: { agentId: ORCHESTRATOR, sessionId: 'sess_none' } })).rejects.toThrow();
  expect(spans.map(({ name, error }) => [name, error])).toEqual([
    ['send', 'RECIPIENT_NOT_FOUND'],
    ['route', 'RECIPIENT_NOT_FOUND'],
    ['send', 'SESSION_NOT_FOUND'],
  ]);
  expect(spans.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
});

it('a repeat is told as such, and decides nothing', async () => {
  const { send, spans } = await open();
  await send();
  await send();
  expect(spans.map(({ name, attributes }) => [name, attributes['agentbus.duplicate']])).toEqual([
    ['send', false],
    ['route', undefined],
    ['send', true],
  ]);
});

it('the traces that are remembered for messages are bounded: the newest stay, the oldest go', () => {
  const known = createKnownTraces();
  const { maxOpen } = TRACE_LIMITS;
  const key = (index: number) => ({ sender: ORCHESTRATOR, messageId: `m-${index}` });
  for (let index = 0; index < 3 * maxOpen; index++) {
    known.add(key(index), `span-${index}`);
    expect(known.get(key(index))).toBe(`span-${index}`);
  }
  const remembered = Array.from({ length: 3 * maxOpen }, (_, index) => known.get(key(index))).filter(Boolean);
  expect(remembered.length).toBeLessThanOrEqual(maxOpen);
  expect(remembered.length).toBeGreaterThan(maxOpen / 2);
  expect(remembered.at(-1)).toBe(`span-${3 * maxOpen - 1}`);
});
