/**
 * Goal: a task that the bus takes away stops, leaves nothing behind, and is told apart from its next attempt.
 * Method: a real client on a transport in memory, a bus whose news the test writes, time by hand.
 */
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, expect, test } from 'vitest';
import type { Welcome } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { AgentOptions } from '../../src/client/agent/agent-connection.ts';
import { createAgent } from '../../src/client/agent/create-agent.ts';
import type { TaskContext } from '../../src/client/agent/handlers.ts';
import { AgentbusError } from '../../src/client/errors.ts';
import { createFakeClock } from '../fake-clock.ts';
import { accepted, createScriptedBus, delivery, settled, stale, taskNews, WELCOME } from './scripted-bus.ts';
import { createSeededRandom } from './seeded-random.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: Partial<AgentOptions>, welcome: Welcome = WELCOME) {
  const bus = createScriptedBus({ case: 'welcome', value: welcome });
  const clock = createFakeClock();
  const random = createSeededRandom(1);
  const agent = createAgent({ agentId: 'opencode://backend', transport: bus.transport, clock, random, ...options });
  closing.push(() => {
    const closed = agent.close({ graceMs: 0 });
    clock.advance(0);
    return closed;
  });
  return { agent, clock, stream: await bus.nextStream() };
}

/** Lets everything happen that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const at = (ms: number) => ({ acceptedTime: timestampFromMs(ms) });

/** A task that runs until it is told to stop, and then does what it is asked to; with what it heard. */
function stoppable(end: () => object | undefined = () => undefined) {
  const heard: unknown[] = [];
  const onTask: AgentOptions['onTask'] = (_, { signal }) =>
    new Promise((resolve, reject) =>
      signal.addEventListener('abort', () => {
        heard.push(signal.reason);
        try {
          resolve(end() as never);
        } catch (thrown) {
          reject(thrown);
        }
      }),
    );
  return { heard, onTask };
}

const sentBy = (stream: { unread: readonly { case: string | undefined }[] }): unknown[] =>
  stream.unread.map((frame) => frame.case);

test.each([
  ['returns', () => ({ half: 'done' })],
  [
    'throws',
    () => {
      throw new Error('stopped');
    },
  ],
])('a handler of a cancelled task that %s leaves nothing but the receipt of the news', async (_, end) => {
  const { heard, onTask } = stoppable(end);
  const { stream } = await start({ onTask });
  stream.say(delivery('d1'));
  await turn();
  stream.say(taskNews('n1', 'task_cancelled', { reason: 'not needed any more' }));
  expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['n1'] });
  await turn();
  expect(sentBy(stream)).toEqual([]);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toBeInstanceOf(AgentbusError);
  expect(heard[0]).toMatchObject({
    code: 'ABORTED',
    reason: 'TASK_CANCELLED',
    message: 'task task_1 was called off: not needed any more',
    facts: { task_id: 'task_1', cause: 'CANCELLED' },
  });
});

test.each<[string, (context: TaskContext) => Promise<unknown>]>([
  ['reports progress', ({ progress }) => progress(99)],
  ['delegates', ({ delegate }) => delegate({ to: 'codex://frontend' })],
  ['sends', ({ send }) => send({ to: 'codex://frontend', type: MessageType.NOTIFICATION })],
])('a handler that %s after its task was called off is refused', async (_, act) => {
  const stopped = Promise.withResolvers<TaskContext>();
  const { stream } = await start({
    onTask: (_, context) =>
      new Promise<void>(() => context.signal.addEventListener('abort', () => stopped.resolve(context))),
  });
  stream.say(delivery('d1'));
  await turn();
  stream.say(taskNews('n1', 'task_cancelled'));
  await stream.expect('ack');
  await expect(act(await stopped.promise)).rejects.toMatchObject({ reason: 'TASK_CANCELLED' });
  await turn();
  expect(sentBy(stream)).toEqual([]);
});

test('an attempt that was taken away aborts with the cause, and without the reason of a cancelled task', async () => {
  const { heard, onTask } = stoppable();
  const { stream } = await start({ onTask });
  stream.say(delivery('d1', {}, at(1_000)));
  await turn();
  stream.say(taskNews('n1', 'task_withdrawn', { code: 'ATTEMPT_TIMED_OUT', ...at(2_000) }));
  await stream.expect('ack');
  expect(heard).toMatchObject([{ reason: undefined, facts: { task_id: 'task_1', cause: 'ATTEMPT_TIMED_OUT' } }]);
});

test('news of other tasks leave a task alone, and so does any other message of the bus', async () => {
  const { heard, onTask } = stoppable();
  const messages: string[] = [];
  const { stream } = await start({ onTask, onMessage: ({ payload }) => void messages.push(String(payload.event)) });
  stream.say(delivery('d1'));
  stream.say(taskNews('n1', 'task_cancelled', { messageId: 'task_2' }));
  stream.say(taskNews('n2', 'task_cancelled', { sessionId: 'sess_b' }));
  stream.say(taskNews('n4', 'task_cancelled', { delegator: 'codex://frontend' }));
  const fromBus = { agentId: 'agentbus://bus', sessionId: 'sess_a' };
  const payload = { case: 'payload', value: { event: 'task_moved' } } as const;
  stream.say(
    delivery('n3', { messageId: 'n', sender: fromBus, messageType: MessageType.NOTIFICATION, content: payload }),
  );
  const acknowledged: string[] = [];
  while (acknowledged.length < 4) acknowledged.push(...(await stream.expect('ack')).deliveryIds);
  expect(acknowledged.sort()).toEqual(['n1', 'n2', 'n3', 'n4']);
  expect(messages).toEqual(['task_moved']);
  expect(heard).toEqual([]);
});

test('news come to an agent without a handler for messages, and are not dropped', async () => {
  const { stream } = await start({ onTask() {} });
  stream.say(taskNews('n1', 'task_cancelled'));
  expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['n1'] });
});

test('only the bus can take a task away', async () => {
  const { heard, onTask } = stoppable();
  const { stream } = await start({ onTask, onMessage() {} });
  stream.say(delivery('d1'));
  const payload = { case: 'payload', value: { event: 'task_cancelled', task_id: 'task_1' } } as const;
  const fields = { messageId: 'n', messageType: MessageType.NOTIFICATION, correlationId: 'task_1', content: payload };
  stream.say(delivery('n1', { ...fields, sender: { agentId: 'codex://rogue', sessionId: 'sess_a' } }));
  await stream.expect('ack');
  expect(heard).toEqual([]);
});

test('a lease is not extended any more once its task was taken away', async () => {
  const { stream, clock } = await start({ onTask: () => new Promise<void>(() => {}) });
  stream.say(delivery('d1'));
  await turn();
  stream.say(taskNews('n1', 'task_cancelled'));
  await stream.expect('ack');
  stream.say(settled('n1'));
  clock.advance(5_000);
  await stream.expect('heartbeat');
  await turn();
  expect(sentBy(stream)).toEqual([]);
});

test('a task whose lease the bus ended before its time was taken away, though the news went to another process', async () => {
  const { heard, onTask } = stoppable();
  const { stream, clock } = await start({ onTask });
  stream.say(delivery('d1'));
  await turn();
  for (const answer of [settled('d1'), stale('d1')]) {
    clock.advance(5_000);
    expect(await stream.expect('extend')).toMatchObject({ deliveryIds: ['d1'] });
    expect(heard).toEqual([]);
    stream.say(answer);
    await turn();
  }
  expect(heard).toMatchObject([{ message: 'task task_1 was taken away', facts: { task_id: 'task_1' } }]);
  clock.advance(5_000);
  for (let beats = 0; beats < 3; beats++) await stream.expect('heartbeat');
  await turn();
  expect(sentBy(stream)).toEqual([]);
});

test('a message that is no task goes on without its lease', async () => {
  const work = Promise.withResolvers<void>();
  let stopped = false;
  const { stream, clock } = await start({
    onMessage(_, { signal }) {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return work.promise;
    },
  });
  stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
  await turn();
  clock.advance(5_000);
  await stream.expect('extend');
  stream.say(stale('d1'));
  await turn();
  expect(stopped).toBe(false);
  work.resolve();
});

test('a lease that may have run out is not extended again, and its task is still answered, but not acknowledged', async () => {
  const work = Promise.withResolvers<object>();
  const { stream, clock } = await start({ onTask: () => work.promise as Promise<never> });
  stream.say(delivery('d1'));
  await turn();
  for (let beats = 0; beats < 6; beats++) {
    clock.advance(5_000);
    await stream.expect('heartbeat');
    await stream.expect('extend');
    stream.say({ case: 'heartbeat', value: {} });
    await turn();
  }
  for (let answers = 0; answers < 6; answers++) stream.say(stale('d1'));
  await turn();
  clock.advance(5_000);
  await stream.expect('heartbeat');
  work.resolve({ done: true });
  const { messages } = await stream.expect('send');
  stream.say(accepted(messages[0]!.messageId));
  await turn();
  expect(sentBy(stream)).toEqual([]);
});

test('a lease counts from when it was asked for, and not from when the answer was heard', async () => {
  const { heard, onTask } = stoppable();
  const limits = { ...WELCOME.limits!, lease: durationFromMs(6_000) };
  const { stream, clock } = await start({ onTask }, { ...WELCOME, limits });
  stream.say(delivery('d1'));
  await turn();
  clock.advance(2_000);
  await stream.expect('extend');
  clock.advance(1_900);
  stream.say(settled('d1'));
  await turn();
  for (const ms of [2_000, 2_000, 200]) {
    clock.advance(ms);
    await stream.expect('extend');
  }
  for (let answers = 0; answers < 3; answers++) stream.say(stale('d1'));
  await turn();
  expect(heard).toEqual([]);
});

test('the next attempt is done though the acknowledgement of the last one is not confirmed', async () => {
  const { stream } = await start({
    onTask() {
      throw new Error('no luck');
    },
  });
  for (const [deliveryId, acceptedAt] of [
    ['d1', 1_000],
    ['d2', 2_000],
  ] as const) {
    stream.say(delivery(deliveryId, {}, at(acceptedAt)));
    const { messages } = await stream.expect('send');
    stream.say(accepted(messages[0]!.messageId));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: [deliveryId] });
  }
  stream.say(delivery('d3', {}, { ...at(2_000), attempt: 2 }));
  expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d3'] });
  expect(sentBy(stream)).toEqual([]);
});

test('the next attempt starts afresh while the handler of the last one takes its time to stop', async () => {
  const attempts: AbortSignal[] = [];
  const works = [Promise.withResolvers<object>(), Promise.withResolvers<object>()] as const;
  const onTask: AgentOptions['onTask'] = (_, { signal }) => works[attempts.push(signal) - 1]!.promise as Promise<never>;
  const { stream } = await start({ onTask });
  stream.say(delivery('d1', {}, at(1_000)));
  await turn();
  stream.say(taskNews('n1', 'task_withdrawn', at(2_000)));
  stream.say(delivery('d2', {}, at(2_000)));
  expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['n1'] });
  await turn();
  expect(attempts.map(({ aborted }) => aborted)).toEqual([true, false]);
  works[0].resolve({ attempt: 'first' });
  works[1].resolve({ attempt: 'second' });
  const { messages } = await stream.expect('send');
  expect(messages).toMatchObject([{ content: { value: { attempt: 'second' } } }]);
  stream.say(accepted(messages[0]!.messageId));
  expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d2'] });
});

test('news of an attempt that come after the next one has begun do not stop it', async () => {
  const attempts: AbortSignal[] = [];
  const onTask: AgentOptions['onTask'] = (_, { signal }) => new Promise<void>(() => attempts.push(signal));
  const { stream } = await start({ onTask });
  stream.say(delivery('d1', {}, at(1_000)));
  stream.say(delivery('d2', {}, at(2_000)));
  stream.say(taskNews('n1', 'task_withdrawn', at(2_000)));
  await stream.expect('ack');
  expect(attempts.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('a redelivery of the same mail is no new attempt', async () => {
  let started = 0;
  const onTask: AgentOptions['onTask'] = () => new Promise<void>(() => started++);
  const { stream } = await start({ onTask });
  stream.say(delivery('d1', {}, at(1_000)));
  stream.say(delivery('d2', {}, { ...at(1_000), attempt: 2 }));
  await turn();
  expect(started).toBe(1);
});

test('an agent that closes tells its handlers so by the reason of their signal', async () => {
  const { heard, onTask } = stoppable(() => {
    throw new Error('stopped');
  });
  const { agent, stream } = await start({ onTask });
  stream.say(delivery('d1'));
  await turn();
  void agent.close();
  await stream.expect('reject');
  expect(heard).toMatchObject([{ code: 'CANCELLED', message: 'the agent has left the bus' }]);
});
