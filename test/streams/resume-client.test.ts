import { expect, it, onTestFinished } from 'vitest';
import { connectAgent, MessageType } from '../../src/client/index.ts';
import { createSeededRandom } from '../client/seeded-random.ts';
import { createCuttingNetwork } from './cutting-network.ts';
import { planCuts } from './resume/plan-cuts.ts';
import { startBus } from './start-bus.ts';

// Goal: a program that uses the TypeScript client does not notice how often its connection breaks: each message is handled
// once, in order, and each send resolves.
// Method: a sender and a receiver behind networks that break at bytes that a seed chooses, until both were back ten times.

const SEED = 7;
const RESUMES = 10;

it(`the TypeScript client resumes ${RESUMES} times and its program sees every message once (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const bus = await startBus({ heartbeatIntervalMs: 2_000, maxDeliveries: 1_000 });
  let breaking = true;
  const connect = async (name: string, seed: number, handled?: string[]) => {
    const random = createSeededRandom(seed);
    const cutOf = planCuts({ random, isOn: () => breaking });
    const network = await createCuttingNetwork({ target: bus.address, cutOf });
    let welcomes = 0;
    const agent = connectAgent({
      address: network.address,
      apiKey: bus.apiKey,
      agentId: `codex://${name}`,
      maxInFlight: 8,
      backoff: { initialDelayMs: 1, maxDelayMs: 10 },
      onStatus: ({ state }) => void (state === 'online' && welcomes++),
      ...(handled && { onMessage: ({ messageId }) => void handled.push(messageId) }),
    });
    onTestFinished(async () => {
      await agent.close({ graceMs: 0 });
      await network.close();
    });
    await agent.ready();
    return { agent, resumes: () => welcomes - 1 };
  };
  const handled: string[] = [];
  const receiver = await connect('receiver', SEED, handled);
  const sender = await connect('sender', SEED + 1);
  let sent = 0;
  while (Math.min(receiver.resumes(), sender.resumes()) < RESUMES) {
    const ten = Array.from({ length: 10 }, () => ({
      messageId: `m-${++sent}`,
      to: 'codex://receiver',
      type: MessageType.NOTIFICATION,
      payload: { text: 'x'.repeat(sent % 300) },
    }));
    await Promise.all(ten.map((message) => sender.agent.send(message)));
  }
  breaking = false;
  await expect.poll(() => handled.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(sent);
  expect(handled).toEqual(Array.from({ length: sent }, (_, index) => `m-${index + 1}`));
  await expect.poll(() => bus.engine.mailboxes.totalDepth().messages, { timeout: 20_000 }).toBe(0);
});
