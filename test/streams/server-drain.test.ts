import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectAgent, MessageType } from '../../src/client/index.ts';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { createCuttingNetwork } from './cutting-network.ts';
import { connectRawPeer, hello } from './raw-peer.ts';

// Goal: a bus that is told to stop while everybody is at work loses nothing, gives nothing twice without saying so, and ends in
// time although somebody does not listen; its agents go on at the next one.
// Method: real processes and SIGTERM. The address that agents know leads to whichever bus is up.

const AGENTS = 12;
const agentId = (index: number): string => `codex://worker-${index}`;

async function dataFolder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-drain-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function start(dataDir: string): Promise<BusProcess> {
  const bus = await startBusProcess({ dataDir, env: { AGENT_BUS_LOG_LEVEL: 'error' } });
  onTestFinished(() => bus.kill());
  return bus;
}

it('SIGTERM under load: agents move to the next bus, and every message is handled in order, once or marked', {
  timeout: 90_000,
}, async () => {
  const dataDir = await dataFolder();
  let bus = await start(dataDir);
  const network = await createCuttingNetwork({ target: bus.address });
  onTestFinished(() => network.close());
  const first = new Map<string, number>();
  const wrong: string[] = [];
  const agents = Array.from({ length: AGENTS }, (_, index) => {
    const handled = new Map<string, number>();
    return connectAgent({
      address: network.address,
      apiKey: bus.apiKey,
      agentId: agentId(index),
      backoff: { initialDelayMs: 20, maxDelayMs: 200 },
      onMessage({ messageId, sender, attempt }) {
        const before = handled.get(messageId);
        if (before !== undefined && attempt <= before) wrong.push(`${messageId} came twice as attempt ${attempt}`);
        handled.set(messageId, attempt);
        if (before !== undefined) return;
        const place = Number(messageId.split('#')[1]);
        const lane = `${sender} ${agentId(index)}`;
        if (place !== (first.get(lane) ?? 0) + 1) wrong.push(`${messageId} came behind ${first.get(lane)}`);
        first.set(lane, place);
      },
    });
  });
  onTestFinished(async () => void (await Promise.all(agents.map((agent) => agent.close({ graceMs: 0 })))));
  await Promise.all(agents.map((agent) => agent.ready()));

  let isOver = false;
  let sent = 0;
  // Each sends to the next one, at most some messages at a time, for as long as buses come and go.
  const work = agents.map(async (agent, index) => {
    for (let place = 1; !isOver; place += 4) {
      const four = [0, 1, 2, 3].map((offset) => ({
        messageId: `${index}#${place + offset}`,
        to: agentId((index + 1) % AGENTS),
        type: MessageType.NOTIFICATION,
      }));
      await Promise.all(four.map((message) => agent.send(message)));
      sent += four.length;
    }
  });
  for (let restart = 0; restart < 3; restart++) {
    const goal = sent + 400;
    await expect.poll(() => sent, { timeout: 20_000 }).toBeGreaterThan(goal);
    bus.child.kill('SIGTERM');
    await expect.poll(() => bus.child.exitCode, { timeout: 20_000 }).toBe(0);
    bus = await start(dataDir);
    network.lead(bus.address);
  }
  isOver = true;
  await Promise.all(work);
  const handledFirst = (): number => [...first.values()].reduce((sum, place) => sum + place, 0);
  await expect.poll(handledFirst, { timeout: 20_000 }).toBe(sent);
  expect(wrong).toEqual([]);
});

it('a client that reads nothing, in the middle of a large frame, holds up no drain, and its mail is there afterwards', {
  timeout: 60_000,
}, async () => {
  const dataDir = await dataFolder();
  const bus = await start(dataDir);
  const peer = await connectRawPeer(bus);
  onTestFinished(() => peer.leave());
  const stream = peer.open();
  stream.say(hello(agentId(0)));
  await stream.nextOf('welcome');
  stream.pause();
  const data = Buffer.alloc(1_500_000).toString('base64');
  for (const messageId of ['m-1', 'm-2', 'm-3']) {
    const message = {
      message_id: messageId,
      sender: { agent_id: agentId(0) },
      recipient: { agent_id: agentId(0) },
      message_type: 'MESSAGE_TYPE_NOTIFICATION',
      content_type: 'application/octet-stream',
      data,
    };
    expect(await callJson({ ...bus, method: 'MessageService/SendMessage', body: { message } })).toMatchObject({
      status: 200,
    });
  }
  // The window of the stream is full of the first message, the rest of which the bus cannot write.
  await expect.poll(() => peer.socket.bytesRead).toBeGreaterThan(60_000);
  bus.child.kill('SIGTERM');
  await expect.poll(() => bus.child.exitCode, { timeout: 30_000 }).toBe(0);

  const next = await start(dataDir);
  const again = await connectRawPeer({ ...next, windowBytes: 8 * 1024 * 1024 });
  onTestFinished(() => again.leave());
  const reader = again.open();
  reader.say(hello(agentId(0)));
  const seen: string[] = [];
  while (seen.length < 3)
    for (const { message, attempt, redeliveredBecause } of (await reader.nextOf('delivery')).deliveries) {
      seen.push(message?.messageId ?? '');
      expect(redeliveredBecause).toBe(attempt === 1 ? 0 : 2);
    }
  expect(seen).toEqual(['m-1', 'm-2', 'm-3']);
});
