import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { createKeyRing, masterHolder } from '../../src/keys/key-ring.ts';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { openNode } from '../../src/open-node.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { callJson } from '../call-json.ts';

// Goal: what Prometheus reads is what happened.
// Method: one message through a whole bus in memory, by JSON, and the numbers after it.

/** A whole bus in memory, how to call it, and what it counts. */
async function start() {
  const node = await openNode({
    engine: 'sqlite',
    dataDir: ':memory:',
    host: '127.0.0.1',
    port: 0,
    maxConnections: 10,
    corsOrigins: [],
    heartbeatIntervalMs: 15_000,
    taskLeaseMs: 30_000,
    keys: createKeyRing([masterHolder('tests', 'key')]),
    serverVersion: '0.0.0-test',
    log: pino({ level: 'silent' }),
    clock: createSystemClock(),
    random: createSystemRandom(),
    failed(error) {
      throw error;
    },
  });
  const { port } = await node.listen();
  onTestFinished(() => node.stop('the test is over'));
  const address = `http://127.0.0.1:${port}`;
  const call = async (method: string, body: unknown) => {
    const answer = await callJson({ address, apiKey: 'key', method, body });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const numbers = async () => (await fetch(`${address}/metrics`)).text();
  return { call, numbers };
}

const agent_id = 'opencode://backend';
const message = {
  message_id: 'm-1',
  sender: { agent_id: 'claude-code://orchestrator' },
  recipient: { agent_id },
  message_type: 'notification',
};

it('counts a message from its acceptance to its end', async () => {
  const { call, numbers } = await start();
  await call('AgentService/RegisterAgent', { agent: { agent_id } });
  expect(await call('/messages/send', message)).toMatchObject({ message_id: 'm-1', duplicate: false });
  expect(await call('/messages/send', message)).toMatchObject({ message_id: 'm-1', duplicate: true });
  expect(await numbers()).toMatch(/^agentbus_mailbox_messages 1$/m);
  const { deliveries } = await call('MessageService/ReceiveMessages', { agent_id });
  await call('MessageService/AcknowledgeMessages', { agent_id, delivery_ids: [deliveries[0].delivery_id] });

  const after = await numbers();
  for (const line of [
    'agentbus_messages_accepted_total 1',
    'agentbus_messages_duplicate_total 1',
    'agentbus_messages_delivered_total 1',
    'agentbus_messages_redelivered_total 0',
    'agentbus_messages_acknowledged_total 1',
    'agentbus_messages_dead_lettered_total 0',
    'agentbus_messages_expired_total 0',
    'agentbus_receipts_dropped_total 0',
    'agentbus_mailbox_messages 0',
  ]) {
    expect(after.split('\n')).toContain(line);
  }
  expect(after).toMatch(/^agentbus_commit_duration_seconds_count [1-9]/m);
  expect(after).toMatch(/^agentbus_event_loop_delay_seconds\{quantile="0\.99"\} \d[\d.e-]*$/m);
});

it('counts dead letters, and what was decided about them', async () => {
  const { call, numbers } = await start();
  await call('AgentService/RegisterAgent', { agent: { agent_id } });
  const giveUp = async () => {
    const { deliveries } = await call('MessageService/ReceiveMessages', { agent_id });
    await call('MessageService/RejectMessages', { agent_id, delivery_ids: [deliveries[0].delivery_id], drop: true });
    const { dead_letters } = await call('MessageService/ListDeadLetters', { agent_id });
    return dead_letters.map(({ dead_letter_id }: { dead_letter_id: string }) => dead_letter_id) as string[];
  };
  const count = async (name: string) => Number(new RegExp(`^agentbus_${name} (\\d+)$`, 'm').exec(await numbers())?.[1]);
  await call('/messages/send', message);
  expect(await count('dead_letters')).toBe(0);
  const dead_letter_ids = await giveUp();
  expect(await count('dead_letters')).toBe(1);
  expect(await count('dead_letter_bytes')).toBeGreaterThan(0);
  await call('MessageService/RedeliverDeadLetters', { agent_id, dead_letter_ids });
  expect(await count('dead_letters')).toBe(0);
  await call('MessageService/PurgeDeadLetters', { agent_id, dead_letter_ids: await giveUp() });
  expect(await count('dead_letters')).toBe(0);
  expect(await count('dead_letter_bytes')).toBe(0);
  expect(await count('messages_dead_lettered_total')).toBe(2);
  expect(await count('dead_letters_redelivered_total')).toBe(1);
  expect(await count('dead_letters_purged_total')).toBe(1);
});

it('counts what was forgotten, and why', async () => {
  const metrics = createMetrics();
  onTestFinished(() => metrics.close());
  metrics.observer.forgotten?.({ kind: 'session', because: 'age', count: 3 });
  metrics.observer.forgotten?.({ kind: 'dead_letter', because: 'size', count: 2 });
  const { text } = await metrics.render();
  expect(text).toContain('agentbus_forgotten_total{kind="session",because="age"} 3');
  expect(text).toContain('agentbus_forgotten_total{kind="dead_letter",because="size"} 2');
});
