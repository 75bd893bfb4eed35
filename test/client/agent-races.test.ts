/**
 * Goal: an agent keeps its word when things come in an unlucky order: before the welcome, after the end, twice, or not at all.
 * Method: a real client on a transport in memory, a bus whose answers the test writes, time by hand.
 */

import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { WelcomeSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { AgentConnection } from '../../src/client/agent/agent-connection.ts';
import { RetryLater } from '../../src/client/agent/retry-later.ts';
import { connect, note, sentBy, start, turn } from './connect-to-script.ts';
import { accepted, delivery, settled, stale, taskNews, WELCOME } from './scripted-bus.ts';

const broken = () => new ConnectError('connection reset', Code.Aborted);

const asNote = { messageType: MessageType.NOTIFICATION };

describe('before the welcome', () => {
  test('a stream that lives for long is no healthy one', async () => {
    const { bus, clock, statuses } = connect();
    for (let count = 0; count < 3; count++) {
      const stream = await bus.nextStream();
      clock.advance(6_000);
      stream.end(broken());
      await turn();
      clock.advance(1_000);
    }
    const waits = statuses.flatMap((status) => (status.state === 'waiting' ? [status.retryInMs] : []));
    expect(waits).toEqual([200, 400, 800]);
  });

  test('a drain is kept in mind, and said before the bus may deliver anything', async () => {
    const { agent, bus } = connect({ onTask() {} });
    const stream = await bus.nextStream();
    const sent = agent.send({ ...note, messageId: 'm-1' });
    const drained = agent.drain();
    await turn();
    stream.say({ case: 'welcome', value: WELCOME });
    await turn();
    expect(sentBy(stream)).toEqual(['drain', 'send']);
    stream.say(accepted('m-1'));
    await sent;
    await stream.agentEnded;
    stream.end();
    await drained;
  });

  test('an agent that has nothing to say leaves at once', async () => {
    const { agent, bus, clock } = connect({ onTask() {} });
    await bus.nextStream();
    await agent.close();
    expect(agent.status.state).toBe('closed');
    expect(clock.pending).toBe(0);
  });

  test('an agent may be closed by the first thing that is heard of it', async () => {
    const made: AgentConnection[] = [];
    const { agent, clock } = connect({
      onTask() {},
      onStatus: () => void made[0]!.close(),
    });
    made.push(agent);
    await agent.closed;
    expect(clock.pending).toBe(0);
  });

  test('a handler that is set while the agent waits costs no stream', async () => {
    const { agent, bus, clock, stream } = await start();
    stream.end(broken());
    await turn();
    agent.onTask(() => ({}));
    clock.advance(10_000);
    const second = await bus.nextStream();
    expect(second.hello.sendOnly).toBe(false);
    second.say({ case: 'welcome', value: WELCOME });
    await turn();
    let hasEnded = false;
    void second.agentEnded.then(() => {
      hasEnded = true;
    });
    clock.advance(5_000);
    await second.expect('heartbeat');
    await turn();
    expect(hasEnded).toBe(false);
  });
});

describe('a bus that leaves things out or has more of them', () => {
  test('leases for 30 s unless it says otherwise', async () => {
    const heard: unknown[] = [];
    const { stream, clock } = await start(
      {
        onTask: (_, { signal }) =>
          new Promise<void>(() => signal.addEventListener('abort', () => heard.push(signal.reason))),
      },
      create(WelcomeSchema, {}),
    );
    stream.say(delivery('d1'));
    await turn();
    clock.advance(5_000);
    await stream.expect('extend');
    stream.say(stale('d1'));
    await turn();
    expect(heard).toMatchObject([{ message: 'task task_1 was taken away' }]);
  });

  test('is understood as far as it can be', async () => {
    const types: number[] = [];
    const { agent, stream } = await start({ onMessage: ({ type }) => void types.push(type) });
    stream.say({ case: undefined } as never);
    stream.say({ case: 'delivery', value: { deliveries: [{ deliveryId: 'd0' }] } });
    stream.say({ case: 'error', value: {} });
    stream.say(delivery('d1', { messageType: 99 as MessageType }));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d1'] });
    expect(types).toEqual([99]);
    expect(agent.status.state).toBe('online');
  });
});

describe('a message', () => {
  test('that comes twice in one frame, or again after it was settled, is handled once, and does not keep the agent', async () => {
    let handled = 0;
    const { agent, stream } = await start({ onMessage: () => void handled++ });
    const [one] = (delivery('d1', asNote).value as { deliveries: object[] }).deliveries;
    stream.say({ case: 'delivery', value: { deliveries: [one!, one!] } });
    await stream.expect('ack');
    stream.say(delivery('d1', asNote));
    await stream.expect('ack');
    stream.say(settled('d1'));
    stream.say(settled('d1'));
    await turn();
    expect(handled).toBe(1);
    const drained = agent.drain();
    await stream.agentEnded;
    stream.end();
    await drained;
  });

  test('that is another one under the same name is handled though the first is not confirmed', async () => {
    let handled = 0;
    const { stream } = await start({ onMessage: () => void handled++ });
    for (const [deliveryId, ms] of [
      ['d1', 1_000],
      ['d2', 2_000],
    ] as const) {
      stream.say(delivery(deliveryId, asNote, { acceptedTime: timestampFromMs(ms) }));
      await stream.expect('ack');
    }
    expect(handled).toBe(2);
  });

  test('whose acknowledgement comes too late is not handled again', async () => {
    let handled = 0;
    const { stream } = await start({ onMessage: () => void handled++ });
    stream.say(delivery('d1', asNote));
    await stream.expect('ack');
    stream.say(stale('d1'));
    stream.say(delivery('d2', asNote));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d2'] });
    expect(handled).toBe(1);
  });

  test.each([
    ['a delay that is no number', () => new RetryLater(Number.NaN), 'the agent asked to retry later'],
    ['what has no text', () => Object.create(null), 'unknown'],
  ])('whose handler throws %s comes again', async (_, thrown, reason) => {
    const { stream } = await start({
      onMessage() {
        throw thrown();
      },
    });
    stream.say(delivery('d1', asNote));
    expect(await stream.expect('reject')).toMatchObject({ deliveryIds: ['d1'], reason });
  });
});

test('the outcome of a task that is taken away while it waits for room is not sent', async () => {
  const { stream, clock } = await start({ onTask: () => ({ dear: true }) });
  stream.say(delivery('d1'));
  const { messages } = await stream.expect('send');
  const error = { code: Code.ResourceExhausted, message: 'full', info: { reason: 'MAILBOX_FULL' } };
  const { messageId } = messages[0]!;
  stream.say({ case: 'sendResult', value: { results: [{ messageId, outcome: { case: 'error', value: error } }] } });
  await turn();
  stream.say(taskNews('n1', 'task_cancelled'));
  await stream.expect('ack');
  clock.advance(10_000);
  await turn();
  expect(sentBy(stream).filter((kind) => kind !== 'heartbeat')).toEqual([]);
});

describe('the end', () => {
  test('does not wait for the confirmation of what the bus could not settle', async () => {
    const work = Promise.withResolvers<void>();
    let handled = 0;
    const { agent, stream, clock } = await start({
      onMessage() {
        handled++;
        return work.promise;
      },
    });
    stream.say(delivery('d1', asNote));
    await turn();
    clock.advance(5_000);
    await stream.expect('extend');
    work.resolve();
    await stream.expect('ack');
    const error = { code: Code.Unavailable, message: 'no', info: { reason: 'STORE_FAILED' } };
    for (const _ of ['extend', 'ack']) stream.say({ case: 'error', value: { error } });
    stream.say(delivery('d2', asNote));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d2'] });
    expect(handled).toBe(1);
    stream.say(settled('d2'));
    const drained = agent.drain();
    await stream.agentEnded;
    stream.end();
    await drained;
  });

  test('comes within the shortest time that was asked for', async () => {
    const { agent, stream, clock } = await start({ onTask: () => new Promise<void>(() => {}) });
    stream.say(delivery('d1'));
    await turn();
    const closed = agent.close({ graceMs: 1_000 });
    void agent.drain();
    void agent.close({ graceMs: 60_000 });
    clock.advance(1_000);
    await closed;
    expect(agent.status.state).toBe('closed');
  });

  test('is told to whoever wants to follow a session after it', async () => {
    const { agent, stream } = await start();
    const closed = agent.close();
    await expect(agent.watch('sess_a').next()).rejects.toMatchObject({ code: 'CANCELLED' });
    await stream.agentEnded;
    stream.end();
    await closed;
    await expect(agent.watch('sess_a').next()).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
