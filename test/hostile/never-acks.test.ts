import { afterAll, beforeAll, expect, test } from 'vitest';
import { STORE_LIMITS } from '../../src/limits.ts';
import { call, messageTo } from './rig/bus-calls.ts';
import { connectHttp2, hello, openGrpcCall } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: an agent that takes mail and never acknowledges it keeps no message for itself, and has no more in hand than it asked for.
// Method: streams with little credit and with much that read and say nothing, and calls that lease and forget, on a real bus.

const LEASE = '1s';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function send(agentId: string, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const message = messageTo(agentId, `${agentId.slice(7)}-${number}.`);
    expect((await call(target, 'MessageService/SendMessage', { message })).status).toBe(200);
  }
}

test.each([1, 1_000])('a stream with credit for %i that reads and never acknowledges', async (maxInFlight) => {
  const agentId = `test://forgets-${maxInFlight}`;
  const messages = 20;
  await target.withstands({
    name: `a stream with credit for ${maxInFlight} that never acknowledges`,
    boundMiB: 8,
    async run() {
      const session = connectHttp2(target.bus.address);
      const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'AgentService/AgentStream' });
      let heard = '';
      stream.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      stream.write(hello(agentId, { maxInFlight } as never));
      await until('the agent is there', () => heard.includes('conn_'));
      await send(agentId, messages);
      const inHand = Math.min(maxInFlight, messages);
      const seen = () => new Set(heard.match(/forgets-\d+-\d+\./g)).size;
      await until('it has what it asked for', () => seen() === inHand);
      // Whoever asks by a call is another instance: it gets what the stream has no credit for, and nothing that the stream holds.
      const rest = await call(target, 'MessageService/ReceiveMessages', { agent_id: agentId, max_messages: messages });
      expect(rest.body.deliveries).toHaveLength(messages - inHand);
      expect(seen()).toBe(inHand);
      // The stream breaks off: what it held is the other's.
      session.destroy();
      let taken = 0;
      await until('the other has the rest', async () => {
        const more = await call(target, 'MessageService/ReceiveMessages', {
          agent_id: agentId,
          max_messages: messages,
        });
        taken += more.body.deliveries.length;
        return taken === inHand;
      });
    },
  });
});

test('mail that is leased again and again and never acknowledged is a dead letter after five deliveries', async () => {
  const agentId = 'test://leases-and-forgets';
  await call(target, 'AgentService/RegisterAgent', { agent: { agent_id: agentId } });
  await target.withstands({
    name: 'an agent that leases and never acknowledges',
    boundMiB: 8,
    async run() {
      await send(agentId, 1);
      const attempts: number[] = [];
      const letters = async () => (await call(target, 'MessageService/ListDeadLetters', { agent_id: agentId })).body;
      await until('it is a dead letter', async () => {
        const taken = await call(target, 'MessageService/ReceiveMessages', { agent_id: agentId, lease: LEASE });
        for (const { attempt } of taken.body.deliveries) attempts.push(attempt);
        return (await letters()).dead_letters.length === 1;
      });
      expect(attempts).toEqual(Array.from({ length: STORE_LIMITS.maxDeliveries }, (_, index) => index + 1));
      expect(await letters()).toMatchObject({ dead_letters: [{ agent_id: agentId, attempts: 5 }] });
    },
  });
});
