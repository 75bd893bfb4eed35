import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectAgent, RetryLater } from '../../src/client/index.ts';
import { callJson } from '../call-json.ts';
import { startBusProcess } from '../start-bus-process.ts';

const AGENT = 'opencode://backend';

// Goal: SIGTERM gives back what agents have not settled; nothing is lost and the next run says why it comes again.
// Method: a real bus is stopped while an agent holds a task, and started again on the same data.
test('a bus that is stopped returns unsettled work, and delivers it after its next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-unsettled-'));
  const first = await startBusProcess({ dataDir });
  const { apiKey } = first;
  const taken = Promise.withResolvers<void>();
  const agent = connectAgent({
    address: first.address,
    apiKey,
    agentId: AGENT,
    onTask: async (_task, { signal }) => {
      taken.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new RetryLater(0);
    },
  });
  await agent.ready();
  const message = {
    message_id: 'task_1',
    sender: { agent_id: AGENT },
    recipient: { agent_id: AGENT },
    message_type: 'MESSAGE_TYPE_TASK_REQUEST',
  };
  await callJson({ address: first.address, apiKey, method: 'MessageService/SendMessage', body: { message } });
  await taken.promise;
  expect(await first.stop()).toBe(0);
  await agent.close();

  const second = await startBusProcess({ dataDir });
  const receive = {
    address: second.address,
    apiKey,
    method: 'MessageService/ReceiveMessages',
    body: { agent_id: AGENT },
  };
  expect((await callJson(receive)).body.deliveries).toMatchObject([
    { attempt: 2, redelivered_because: 'REDELIVERY_REASON_STREAM_CLOSED', message: { message_id: 'task_1' } },
  ]);
  expect(await second.stop()).toBe(0);
  await rm(dataDir, { recursive: true });
});
