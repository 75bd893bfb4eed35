import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectAgent } from '../../src/client/index.ts';
import { CommunicationBus } from '../../src/embedded/communication-bus.ts';
import type { CommunicationBusConfig } from '../../src/embedded/communication-bus-config.ts';
import { callJson } from '../call-json.ts';
import { BACKEND, ORCHESTRATOR } from '../open-bus.ts';

// Goal: every field of the configuration does what it says. Method: a real bus in this process, seen from outside.
let dataDir: string;
const started: CommunicationBus[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-embedded-'));
});
afterEach(async () => {
  for (const bus of started.splice(0)) await bus.stop();
  await rm(dataDir, { recursive: true });
});

async function start(config: Partial<CommunicationBusConfig> = {}): Promise<CommunicationBus> {
  const bus = new CommunicationBus({ port: 0, apiKey: 'dev-key', dataDir, ...config });
  await bus.start();
  started.push(bus);
  return bus;
}
const call = (bus: CommunicationBus, method: string, body: unknown) =>
  callJson({ address: bus.address, apiKey: 'dev-key', method, body });
const newSession = { orchestrator: ORCHESTRATOR, participants: [{ agent_id: BACKEND, role: 'implementer' }] };
const note = (message_id: string, text: string) => ({
  message: {
    message_id,
    sender: { agent_id: ORCHESTRATOR },
    recipient: { agent_id: BACKEND },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
    payload: { text },
  },
});
const register = (bus: CommunicationBus) => call(bus, 'AgentService/RegisterAgent', { agent: { agent_id: BACKEND } });
const receive = async (bus: CommunicationBus) =>
  (await call(bus, 'MessageService/ReceiveMessages', { agent_id: BACKEND })).body.deliveries ?? [];

describe('configuration', () => {
  test.each([
    [{ port: 70_000 }, /^port: 70000 is not a whole number from 0 to 65535$/],
    [{ maxConnections: 0 }, /^maxConnections: 0 /],
    [{ heartbeatInterval: 1.5 }, /^heartbeatInterval: 1.5 /],
    [{ messageTimeout: -1 }, /^messageTimeout: -1 /],
    [{ maxDeliveries: 0 }, /^maxDeliveries: 0 is not a whole number from 1 to 1000$/],
    [{ messageRetention: 1 }, /^messageRetention: 1 is not a whole number from 60000 /],
    [{ maxMessageRecords: 1 }, /^maxMessageRecords: 1 /],
    [{ deadLetterRetention: 1 }, /^deadLetterRetention: 1 /],
    [{ maxDeadLetterBytes: 1 }, /^maxDeadLetterBytes: 1 /],
    [{ sessionRetention: 1 }, /^sessionRetention: 1 /],
    [{ maxEndedSessionBytes: 1 }, /^maxEndedSessionBytes: 1 /],
    [{ apiKey: '' }, /^apiKey: /],
    [{ encryptionEnabled: true, encryptionKey: 'c2hvcnQ=' }, /32 bytes/],
  ])('%j is refused before anything is opened', (wrong, message) => {
    expect(() => new CommunicationBus({ apiKey: 'dev-key', ...wrong })).toThrow(message);
  });

  test('apiKey is the key that clients must show', async () => {
    const bus = await start();
    const list = { address: bus.address, method: 'AgentService/ListAgents', body: {} };
    expect((await callJson({ ...list, apiKey: 'other' })).reason).toBe('KEY_INVALID');
    expect((await call(bus, 'AgentService/ListAgents', {})).status).toBe(200);
  });

  test('maxConnections bounds the connections', async () => {
    const bus = await start({ maxConnections: 2 });
    const port = Number(new URL(bus.address).port);
    const held = [1, 2].map(() => connect(port, '127.0.0.1'));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const third = connect(port, '127.0.0.1');
    await new Promise((resolve) => third.once('close', resolve).on('error', () => undefined));
    for (const socket of held) socket.destroy();
  });

  test('heartbeatInterval is what streams are told', async () => {
    const bus = await start({ heartbeatInterval: 200 });
    const beat = await register(bus).then(() => call(bus, 'AgentService/Heartbeat', { agent_id: BACKEND }));
    expect(beat.body).toMatchObject({ heartbeat_interval: '0.200s' });
    const agent = await connectAgent({ address: bus.address, apiKey: 'dev-key', agentId: BACKEND });
    expect((await call(bus, 'AgentService/GetAgent', { agent_id: BACKEND })).body.agent).toMatchObject({
      status: 'AGENT_STATUS_ONLINE',
    });
    await agent.close();
  });

  test('messageTimeout expires what nobody acknowledged', async () => {
    const bus = await start({ messageTimeout: 1_000 });
    await register(bus);
    await call(bus, 'MessageService/SendMessage', note('m', 'soon stale'));
    const status = () => call(bus, 'MessageService/GetMessageStatus', { sender: ORCHESTRATOR, message_id: 'm' });
    expect((await status()).body.statuses[0].state).toBe('MESSAGE_STATE_QUEUED');
    await expect
      .poll(async () => (await status()).body.statuses[0].state, { timeout: 5_000 })
      .toBe('MESSAGE_STATE_EXPIRED');
    expect(await receive(bus)).toEqual([]);
  });

  test('maxDeliveries is how often a delivery may fail', async () => {
    const bus = await start({ maxDeliveries: 2 });
    await register(bus);
    await call(bus, 'MessageService/SendMessage', note('m', 'nobody wants this'));
    for (const attempt of [1, 2]) {
      const [delivery] = await receive(bus);
      expect(delivery.attempt).toBe(attempt);
      await call(bus, 'MessageService/RejectMessages', { agent_id: BACKEND, delivery_ids: [delivery.delivery_id] });
    }
    expect(await receive(bus)).toEqual([]);
    const { body } = await call(bus, 'MessageService/ListDeadLetters', { agent_id: BACKEND });
    expect(body.dead_letters).toMatchObject([{ attempts: 2, message: { message_id: 'm' } }]);
  });

  test('persistenceEnabled: false leaves nothing behind', async () => {
    const bus = await start();
    await bus.sessions.create(newSession);
    await bus.stop();
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('persistenceEnabled: true keeps sessions and mail over a restart', async () => {
    const first = await start({ persistenceEnabled: true });
    const { session_id } = await first.sessions.create({ ...newSession, shared_context: { branch: 'main' } });
    await register(first);
    await call(first, 'MessageService/SendMessage', note('m', 'hello'));
    await first.stop();
    const second = await start({ persistenceEnabled: true });
    expect(await second.sessions.get(session_id)).toMatchObject({
      state: 'active',
      shared_context: { branch: 'main' },
    });
    expect(await receive(second)).toMatchObject([{ message: { payload: { text: 'hello' } } }]);
  });

  test.each([undefined, Buffer.alloc(32, 7).toString('base64')])(
    'encryptionEnabled seals what agents write (key %s)',
    async (encryptionKey) => {
      const secret = 'the-plan-is-blue';
      const sealed = { persistenceEnabled: true, encryptionEnabled: true, ...(encryptionKey && { encryptionKey }) };
      const first = await start(sealed);
      const { session_id } = await first.sessions.create({ ...newSession, shared_context: { secret } });
      await register(first);
      await call(first, 'MessageService/SendMessage', note('m', secret));
      expect(await onDisk(secret)).toBe(false);
      await first.stop();
      expect(await onDisk(secret)).toBe(false);
      const second = await start(sealed);
      expect(await second.sessions.get(session_id)).toMatchObject({ shared_context: { secret } });
      expect(await receive(second)).toMatchObject([{ message: { payload: { text: secret } } }]);
    },
  );

  test('the same is readable on disk without encryption, so that the test above can fail', async () => {
    const bus = await start({ persistenceEnabled: true });
    await bus.sessions.create({ ...newSession, shared_context: { secret: 'the-plan-is-blue' } });
    expect(await onDisk('the-plan-is-blue')).toBe(true);
  });

  test('encrypted data is refused without its key, and with another one', async () => {
    const sealed = {
      persistenceEnabled: true,
      encryptionEnabled: true,
      encryptionKey: Buffer.alloc(32, 7).toString('base64'),
    };
    await (await start(sealed)).stop();
    await expect(start({ ...sealed, encryptionEnabled: false })).rejects.toMatchObject({ code: 'wrong_key' });
    await expect(start({ ...sealed, encryptionKey: Buffer.alloc(32, 8).toString('base64') })).rejects.toMatchObject({
      code: 'wrong_key',
    });
    await (await start(sealed)).stop();
  });

  async function onDisk(text: string): Promise<boolean> {
    const files = await readdir(dataDir);
    const contents = await Promise.all(files.map((name) => readFile(join(dataDir, name))));
    return contents.some((content) => content.includes(text));
  }
});

describe('life', () => {
  test('a bus that is not started says so; one that is cannot be started twice; stopping twice is no error', async () => {
    const bus = new CommunicationBus({ port: 0, apiKey: 'dev-key' });
    expect(() => bus.sessions).toThrow('call start() first');
    await bus.start();
    await expect(bus.start()).rejects.toThrow('started already');
    await bus.stop();
    await bus.stop();
    await bus.start();
    await bus.stop();
  });

  test('two starts at once open one bus, and two stops at once both wait for its end', async () => {
    const bus = new CommunicationBus({ port: 0, apiKey: 'dev-key' });
    const [first, second] = await Promise.allSettled([bus.start(), bus.start()]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    const stopping = bus.stop();
    await setImmediate();
    await Promise.all([stopping, bus.stop()]);
    await expect(Promise.all([bus.start(), bus.stop()])).rejects.toThrow('await start() before stop()');
    await expect.poll(() => bus.stop().then(() => 'stopped', String)).toBe('stopped');
  });

  test('a taken port is told, and the data is free again', async () => {
    const first = await start();
    const port = Number(new URL(first.address).port);
    const second = new CommunicationBus({ port, apiKey: 'dev-key', persistenceEnabled: true, dataDir });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await start({ persistenceEnabled: true });
  });

  test('data that another bus has open is refused', async () => {
    await start({ persistenceEnabled: true });
    await expect(start({ persistenceEnabled: true })).rejects.toMatchObject({ code: 'locked' });
  });
});
