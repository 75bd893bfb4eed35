import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  connectAgent,
  connectOrchestrator,
  MessageState,
  MessageType,
  type Orchestrator,
  Reject,
} from '../../src/client/index.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

// Goal: what was given up, and what was decided about it, is there after a kill -9.
// Method: real processes on one data directory, and the clients that programs use. One agent gives everything up, its
// successor does everything.

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';

let dataDir: string;
let bus: BusProcess;
let orchestrator: Orchestrator;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-dead-letters-'));
  bus = await startBusProcess({ dataDir });
  orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: ORCHESTRATOR });
});
afterEach(async () => {
  orchestrator.close();
  await bus.stop();
  await rm(dataDir, { recursive: true });
});

/** Restarts the bus on the same port and data, as a supervisor does after a crash. */
async function killAndRestart(): Promise<void> {
  const port = Number(new URL(bus.address).port);
  await bus.kill();
  bus = await startBusProcess({ dataDir, port });
}

async function deadLetters() {
  const found: { deadLetterId: string; reason: string; messageId: string | undefined }[] = [];
  for await (const { deadLetterId, reason, message } of orchestrator.deadLetters.list(BACKEND)) {
    found.push({ deadLetterId, reason, messageId: message?.messageId });
  }
  return found;
}

const states = async (messageId: string) =>
  (await orchestrator.messageStatus(messageId)).map(({ state }) => MessageState[state]);

test('a dead letter survives, and so do its way back and its end', async () => {
  const options = { address: bus.address, apiKey: bus.apiKey, agentId: BACKEND };
  const refusing = connectAgent({
    ...options,
    onMessage() {
      throw new Reject('no such component');
    },
  });
  await refusing.ready();
  const session = await orchestrator.createSession({ participants: [{ agentId: BACKEND, role: 'implementer' }] });
  const note = { to: BACKEND, type: MessageType.NOTIFICATION } as const;
  const messageId = await session.send({ ...note, payload: { component: 'notification-service' } });
  const unwanted = await session.send(note);
  await expect.poll(deadLetters, { timeout: 10_000 }).toHaveLength(2);
  await refusing.close();

  await killAndRestart();
  const given = await deadLetters();
  expect(given).toMatchObject([
    { reason: 'no such component', messageId },
    { reason: 'no such component', messageId: unwanted },
  ]);
  const [first = '', second = ''] = given.map(({ deadLetterId }) => deadLetterId);
  expect(await orchestrator.deadLetters.redeliver(BACKEND, [first])).toBe(1);
  expect(await orchestrator.deadLetters.purge(BACKEND, [second])).toBe(1);

  await killAndRestart();
  expect(await deadLetters()).toEqual([]);
  expect(await states(messageId)).toEqual(['DEAD_LETTERED', 'QUEUED']);
  const done: unknown[] = [];
  const working = connectAgent({ ...options, onMessage: ({ payload }) => void done.push(payload) });
  await expect.poll(() => states(messageId), { timeout: 10_000 }).toEqual(['DEAD_LETTERED', 'ACKNOWLEDGED']);
  expect(done).toEqual([{ component: 'notification-service' }]);
  expect(await states(unwanted)).toEqual(['DEAD_LETTERED']);
  await working.close();
}, 30_000);
