import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, messageTo } from './rig/bus-calls.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: an agent that rejects for ever does not keep a message alive.
// Method: one that does so on a real bus beside agents that go on, and the list of dead letters.

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function send(agentId: string, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const message = messageTo(agentId, `${agentId.slice(7)}-${number}`, 'x'.repeat(10_000));
    expect((await call(target, 'MessageService/SendMessage', { message })).status).toBe(200);
  }
}

test('an agent that rejects for ever', async () => {
  const agentId = 'test://stubborn';
  await target.withstands({
    name: 'an agent that rejects for ever',
    boundMiB: 8,
    async run() {
      await call(target, 'AgentService/RegisterAgent', { agent: { agent_id: agentId } });
      await send(agentId, 1);
      let deliveries = 0;
      await until('no delivery comes any more', async () => {
        const received = await call(target, 'MessageService/ReceiveMessages', { agent_id: agentId });
        const [delivery] = received.body.deliveries;
        if (delivery === undefined) return true;
        deliveries++;
        const ids = { agent_id: agentId, delivery_ids: [delivery.delivery_id], reason: 'never', requeue_delay: '0s' };
        expect((await call(target, 'MessageService/RejectMessages', ids)).status).toBe(200);
        return false;
      });
      expect(deliveries).toBe(5);
      const { body } = await call(target, 'MessageService/ListDeadLetters', { agent_id: agentId });
      expect(body.dead_letters).toMatchObject([{ agent_id: agentId, attempts: 5 }]);
    },
  });
});
