import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callJson } from '../call-json.ts';
import { startBusProcess } from '../start-bus-process.ts';

const AGENT = 'opencode://backend';

// Goal: a bus whose disk refuses stops at once, and nothing that it answered is lost.
// Method: a real process that may not write files beyond 2 MiB is sent messages until it ends; then it is started without the bound.
test('a bus that cannot write stops with exit code 70, and keeps what it acknowledged', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-full-'));
  const bus = await startBusProcess({ dataDir, maxFileKiB: 2_048 });
  const exited = once(bus.child, 'exit');
  const { address, apiKey } = bus;
  await callJson({ address, apiKey, method: 'AgentService/RegisterAgent', body: { agent: { agent_id: AGENT } } });
  const acknowledged: string[] = [];
  const send = async (message_id: string): Promise<boolean> => {
    const message = {
      message_id,
      sender: { agent_id: AGENT },
      recipient: { agent_id: AGENT },
      message_type: 'MESSAGE_TYPE_NOTIFICATION',
      payload: { text: 'x'.repeat(20_000) },
    };
    const answer = await callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
    if (answer.status === 200) acknowledged.push(message_id);
    return answer.status === 200;
  };
  for (let count = 0; count < 1_000 && (await send(`m-${count}`).catch(() => false)); count++);
  expect(await exited).toEqual([70, null]);
  expect(bus.stderr()).toContain('the store failed');
  expect(acknowledged.length).toBeGreaterThan(10);

  const again = await startBusProcess({ dataDir });
  const body = { agent_id: AGENT, max_messages: 1_000 };
  const answer = await callJson({ address: again.address, apiKey, method: 'MessageService/ReceiveMessages', body });
  const delivered = answer.body.deliveries.map(
    ({ message }: { message: { message_id: string } }) => message.message_id,
  );
  expect(delivered).toEqual(expect.arrayContaining(acknowledged));
  expect(await again.stop()).toBe(0);
  await rm(dataDir, { recursive: true });
});
