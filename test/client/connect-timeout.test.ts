/**
 * Goal: an agent that never finds its bus ends with one clear error, and one that found it once waits for it however long it
 * is away. Method: a real client on transports in memory that lead nowhere, time by hand.
 */
import { Code, ConnectError, createRouterTransport, type Transport } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { AgentOptions } from '../../src/client/agent/agent-connection.ts';
import { createAgent } from '../../src/client/agent/create-agent.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createScriptedBus } from './scripted-bus.ts';
import { createSeededRandom } from './seeded-random.ts';

const ADDRESS = 'http://127.0.0.1:9';

/** Lets everything happen that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const refused = () => new ConnectError('connect ECONNREFUSED 127.0.0.1:9', Code.Unavailable);

/** Every stream ends at once, with what `failure` makes. */
function createDeadEnd(failure: () => ConnectError): Transport {
  return createRouterTransport(({ service }) => {
    service(AgentService, {
      // biome-ignore lint/correctness/useYield: nothing is ever said.
      async *agentStream() {
        throw failure();
      },
    });
  });
}

function start(options: Partial<AgentOptions> & Pick<AgentOptions, 'transport'>) {
  const clock = createFakeClock();
  const agent = createAgent({
    agentId: 'opencode://backend',
    address: ADDRESS,
    clock,
    random: createSeededRandom(1),
    onStatus() {},
    ...options,
  });
  /** Moves time on in steps, so that what is tried in between can fail. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      await turn();
      clock.advance(Math.min(100, ms - passed));
    }
    await turn();
  };
  return { agent, clock, pass };
}

test.each([
  ['30 s', undefined, 30_000],
  ['the time that it was given', 1_500, 1_500],
])('a bus that is never there ends the agent after %s', async (_, connectTimeoutMs, ms) => {
  const { agent, clock, pass } = start({
    transport: createDeadEnd(refused),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
  });
  const ready = agent.ready().catch((error: unknown) => error);
  const sent = agent.send({ to: 'codex://frontend', type: MessageType.NOTIFICATION }).catch((error: unknown) => error);
  await pass(ms - 1);
  expect(['connecting', 'waiting']).toContain(agent.status.state);
  await pass(1);
  const expected = {
    name: 'AgentbusError',
    code: 'UNAVAILABLE',
    reason: undefined,
    message: 'cannot reach the bus at http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9',
  };
  expect(agent.status).toMatchObject({ state: 'failed', error: expected });
  expect(await ready).toMatchObject(expected);
  expect(await sent).toMatchObject(expected);
  await expect(agent.closed).rejects.toMatchObject(expected);
  expect(clock.pending).toBe(0);
});

test('an address at which nothing ever answers is the error, also while a stream is being opened', async () => {
  const bus = createScriptedBus({ case: 'heartbeat', value: {} });
  const { agent, pass } = start({ transport: bus.transport, connectTimeoutMs: 2_000 });
  await pass(2_000);
  await expect(agent.closed).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'cannot reach the bus at http://127.0.0.1:9: nothing answers',
  });
});

test('an agent that is to wait forever does', async () => {
  const { agent, pass } = start({
    transport: createDeadEnd(refused),
    connectTimeoutMs: Number.POSITIVE_INFINITY,
  });
  await pass(120_000);
  expect(['connecting', 'waiting']).toContain(agent.status.state);
  await agent.close();
});

test('a bus that was there once is waited for as long as it takes', async () => {
  const bus = createScriptedBus();
  const { agent, pass } = start({ transport: bus.transport, onTask() {} });
  const stream = await bus.nextStream();
  await agent.ready();
  stream.end(refused());
  for (let minute = 0; minute < 10; minute++) {
    await pass(20_000);
    (await bus.nextStream()).end(refused());
  }
  await pass(20_000);
  expect(agent.status.state).toBe('online');
  const closed = agent.close({ graceMs: 0 });
  await pass(1);
  await closed;
});

test('an agent that leaves before it found its bus has left, and has not failed', async () => {
  const { agent, clock, pass } = start({ transport: createDeadEnd(refused) });
  await pass(1_000);
  await agent.drain();
  expect(agent.status).toEqual({ state: 'closed' });
  expect(clock.pending).toBe(0);
});

test('something that is no bus ends the agent at once, with the address', async () => {
  const { agent } = start({ transport: createDeadEnd(() => new ConnectError('HTTP 404', Code.Unimplemented)) });
  await expect(agent.closed).rejects.toMatchObject({
    code: 'UNIMPLEMENTED',
    message: 'what answers at http://127.0.0.1:9 is no bus, or none that knows this call: HTTP 404',
  });
});
