import type { FuzzedBus } from './fuzzed-bus.ts';
import { tellWell } from './tell.ts';

let rounds = 0;

/** Whether the bus still does what it is for: a message is sent, received and acknowledged, and then there is no other. */
export async function requireService(bus: FuzzedBus): Promise<void> {
  const { status, body } = await bus.control.send({
    http: 1,
    method: 'GET',
    path: '/healthz',
    headers: {},
    body: new Uint8Array(),
  });
  if (status !== 200) throw new Error(`/healthz answered ${status} ${body}`);
  const agent_id = `fuzz-check://r${process.pid}-${rounds++}`;
  await tellWell(bus, 'AgentService/RegisterAgent', { agent: { agent_id } });
  const text = `round ${rounds}`;
  await tellWell(bus, 'MessageService/SendMessage', {
    message: {
      message_id: text.replace(' ', '-'),
      sender: { agent_id },
      recipient: { agent_id },
      message_type: 'MESSAGE_TYPE_NOTIFICATION',
      payload: { text },
    },
  });
  const { deliveries } = await tellWell(bus, 'MessageService/ReceiveMessages', { agent_id, max_messages: 10 });
  if (deliveries.length !== 1 || deliveries[0].message.payload.text !== text) {
    throw new Error(`one message was sent, and these were received: ${JSON.stringify(deliveries)}`);
  }
  const delivery_ids = [deliveries[0].delivery_id];
  const { stale_delivery_ids } = await tellWell(bus, 'MessageService/AcknowledgeMessages', { agent_id, delivery_ids });
  if (stale_delivery_ids.length > 0) throw new Error('a fresh delivery could not be acknowledged');
  await tellWell(bus, 'AgentService/UnregisterAgent', { agent_id });
}
