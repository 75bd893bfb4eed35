import pino from 'pino';
import { expect, it } from 'vitest';
import { createFakeClock } from '../fake-clock.ts';
import { BACKEND, ORCHESTRATOR } from '../open-bus.ts';
import { startNode } from '../rpc/start-node.ts';

// Goal: what an operator sets about retention is what the store does, and the operator hears of it.
// Method: a whole node on a clock of the test's own, asked by JSON, whose connections do not mind that time jumps.

const MINUTE = 60_000;

async function start(retention: NonNullable<Parameters<typeof startNode>[0]>['retention'] & object) {
  const clock = createFakeClock();
  const lines: { msg: string; kind?: string; count?: number }[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
  const { json, address } = await startNode({ retention, clock, log });
  const good = async (method: string, body: unknown) => {
    const { status, body: answer } = await json(method, body);
    expect(status).toBe(200);
    return answer;
  };
  for (const agent_id of [ORCHESTRATOR, BACKEND]) await good('AgentService/RegisterAgent', { agent: { agent_id } });
  const giveUp = async (messageId: string) => {
    const message = { message_id: messageId, sender: { agent_id: ORCHESTRATOR }, recipient: { agent_id: BACKEND } };
    await good('/messages/send', { ...message, message_type: 'notification', payload: { text: 'x'.repeat(1_000) } });
    const { deliveries } = await good('MessageService/ReceiveMessages', { agent_id: BACKEND });
    const delivery_ids = [deliveries[0].delivery_id];
    await good('MessageService/RejectMessages', { agent_id: BACKEND, delivery_ids, drop: true });
  };
  const deadLetters = async () => {
    const { dead_letters = [] } = await good('MessageService/ListDeadLetters', { agent_id: BACKEND });
    return dead_letters.map(({ message }: { message: { message_id: string } }) => message.message_id) as string[];
  };
  const metrics = async () => (await (await fetch(`${address}/metrics`)).text()).split('\n');
  return { clock, lines, giveUp, deadLetters, metrics };
}

it('deletes the oldest dead letters when there are more than may be, warns once, and counts them', async () => {
  const { clock, lines, giveUp, deadLetters, metrics } = await start({ maxDeadLetterBytes: 2_500 });
  for (const messageId of ['m-1', 'm-2', 'm-3', 'm-4']) await giveUp(messageId);
  expect(await metrics()).toContain('agentbus_dead_letters 4');
  clock.advance(2 * MINUTE);
  await expect.poll(deadLetters).toEqual(['m-3', 'm-4']);
  expect(lines).toMatchObject([
    { kind: 'dead_letter', count: 2, msg: expect.stringContaining('--max-dead-letter-bytes') },
  ]);
  expect(await metrics()).toEqual(
    expect.arrayContaining([
      'agentbus_dead_letters 2',
      'agentbus_forgotten_total{kind="dead_letter",because="size"} 2',
    ]),
  );
});

it('deletes dead letters whose time is over, and makes no fuss about it', async () => {
  const { clock, lines, giveUp, deadLetters, metrics } = await start({ deadLetterAgeMs: 4.5 * MINUTE });
  await giveUp('m-1');
  clock.advance(4 * MINUTE);
  await giveUp('m-2');
  expect(await deadLetters()).toEqual(['m-1', 'm-2']);
  clock.advance(2 * MINUTE);
  await expect.poll(deadLetters).toEqual(['m-2']);
  expect(lines).toEqual([]);
  expect(await metrics()).toContain('agentbus_forgotten_total{kind="dead_letter",because="age"} 1');
});
