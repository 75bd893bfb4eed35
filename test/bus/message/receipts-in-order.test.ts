/**
 * Goal: what a sender hears of a message is in the order in which it happened, however soon a recipient has it.
 * Method: a real bus, and a recipient that takes and settles at once.
 */
import { create } from '@bufbuild/protobuf';
import { expect, it, onTestFinished } from 'vitest';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { MessageState, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { anybody, BACKEND, message, notificationsSession, ORCHESTRATOR, openBus } from '../../open-bus.ts';

const COUNT = 50;
const { QUEUED, DELIVERED, ACKNOWLEDGED } = MessageState;

it.each([
  { kind: 'tasks of a session', messageType: MessageType.TASK_REQUEST, sessionId: 'sess_a' },
  { kind: 'other messages of a session', messageType: MessageType.NOTIFICATION, sessionId: 'sess_a' },
  { kind: 'tasks outside of sessions', messageType: MessageType.TASK_REQUEST, sessionId: '' },
  { kind: 'other messages', messageType: MessageType.NOTIFICATION, sessionId: '' },
])('$kind', async ({ messageType, sessionId }) => {
  const { bus } = await openBus();
  onTestFinished(() => bus.close());
  await bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
  await bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId: BACKEND }));
  const heard = new Map<string, MessageState[]>();
  const settled = Promise.withResolvers<void>();
  let acknowledged = 0;
  bus.receipts.subscribe(ORCHESTRATOR, ({ messageId, state }) => {
    heard.set(messageId, [...(heard.get(messageId) ?? []), state]);
    if (state === ACKNOWLEDGED && ++acknowledged === COUNT) settled.resolve();
    return true;
  });
  const recipient = bus.deliveries.consume({
    agentId: BACKEND,
    holder: 'h',
    maxInFlight: COUNT,
    leaseMs: 30_000,
    deliver(leases) {
      recipient.acknowledge(leases.map(({ deliveryId }) => deliveryId)).catch(settled.reject);
      return true;
    },
    failed: settled.reject,
  });
  for (let sent = 0; sent < COUNT; sent++) {
    const sender = { agentId: ORCHESTRATOR, sessionId };
    const sending = bus.messages.send(
      anybody,
      message({ messageType, sender, routing: { receipts: [QUEUED, DELIVERED, ACKNOWLEDGED] } }),
    );
    // Some share a commit, some have one of their own.
    if (sent % 3 === 0) await sending;
    else sending.catch(settled.reject);
  }
  await settled.promise;
  expect([...heard.values()]).toEqual(Array.from({ length: COUNT }, () => [QUEUED, DELIVERED, ACKNOWLEDGED]));
});
