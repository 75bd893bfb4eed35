/**
 * Goal: MessageService does over real sockets what its contract says.
 * Method: a real server on a real bus, gRPC clients of connect-node, and time in the test's hands.
 */
import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { MessageState, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { BACKEND, ORCHESTRATOR } from '../open-bus.ts';
import { headers, LANES, sessionId, startServices } from './start-services.ts';

describe.each(LANES)('MessageService of gRPC carried $lane', ({ lean }) => {
  const message = {
    messageId: 'task_1',
    sender: { agentId: ORCHESTRATOR, sessionId },
    recipient: { target: { case: 'agentId' as const, value: BACKEND } },
    messageType: MessageType.TASK_REQUEST,
  };

  it('carries a message through every state that a script can see', async () => {
    const { messages } = await startServices({ lean });
    const state = async () =>
      (await messages.getMessageStatus({ sender: ORCHESTRATOR, messageId: 'task_1' }, { headers })).statuses[0];
    expect(await messages.sendMessage({ message }, { headers })).toMatchObject({
      messageId: 'task_1',
      duplicate: false,
    });
    expect(await state()).toMatchObject({ recipient: BACKEND, state: MessageState.QUEUED, attempt: 0 });
    const [first] = (await messages.receiveMessages({ agentId: BACKEND }, { headers })).deliveries;
    expect(await state()).toMatchObject({ state: MessageState.DELIVERED, attempt: 1 });
    const ids = { agentId: BACKEND, deliveryIds: [first?.deliveryId ?? ''] };
    expect((await messages.extendLeases({ ...ids, lease: { seconds: 60n } }, { headers })).staleDeliveryIds).toEqual(
      [],
    );
    expect((await messages.rejectMessages(ids, { headers })).staleDeliveryIds).toEqual([]);
    const [second] = (await messages.receiveMessages({ agentId: BACKEND }, { headers })).deliveries;
    expect(second).toMatchObject({ attempt: 2, message: { messageId: 'task_1' } });
    const again = { agentId: BACKEND, deliveryIds: [second?.deliveryId ?? ''] };
    expect((await messages.acknowledgeMessages(again, { headers })).staleDeliveryIds).toEqual([]);
    expect((await messages.acknowledgeMessages(again, { headers })).staleDeliveryIds).toEqual(again.deliveryIds);
    expect(await state()).toMatchObject({ state: MessageState.ACKNOWLEDGED, attempt: 2 });
  });

  it('gives up what is dropped, with the reason', async () => {
    const { messages } = await startServices({ lean });
    await messages.sendMessage({ message }, { headers });
    const [delivery] = (await messages.receiveMessages({ agentId: BACKEND }, { headers })).deliveries;
    const deliveryIds = [delivery?.deliveryId ?? ''];
    const disposition = { case: 'drop' as const, value: true };
    await messages.rejectMessages(
      { agentId: BACKEND, deliveryIds, disposition, reason: 'no such component' },
      { headers },
    );
    const { statuses } = await messages.getMessageStatus({ sender: ORCHESTRATOR, messageId: 'task_1' }, { headers });
    expect(statuses).toMatchObject([{ state: MessageState.DEAD_LETTERED, reason: 'no such component' }]);
  });

  it('returns the leases of a call that its client gave up', async () => {
    const { messages } = await startServices({ lean });
    const controller = new AbortController();
    const waiting = messages.receiveMessages(
      { agentId: BACKEND, wait: { seconds: 30n } },
      { headers, signal: controller.signal },
    );
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: Code.Canceled });
    await messages.sendMessage({ message }, { headers });
    const { deliveries } = await messages.receiveMessages({ agentId: BACKEND, wait: { seconds: 30n } }, { headers });
    expect(deliveries).toMatchObject([{ attempt: 1 }]);
  });
});
