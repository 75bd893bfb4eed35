/**
 * Goal: the agent's side of the stream holds its promises when answers are lost, repeated or late.
 * Method: a real client on a transport in memory, a bus whose answers the test writes, time by hand.
 */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterEach, describe, expect, test } from 'vitest';
import { MessageState, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import type { AgentConnection, AgentOptions } from '../../src/client/agent/agent-connection.ts';
import type { ConnectionStatus } from '../../src/client/agent/connection-status.ts';
import { createAgent } from '../../src/client/agent/create-agent.ts';
import { Reject } from '../../src/client/agent/reject.ts';
import { RetryLater } from '../../src/client/agent/retry-later.ts';
import type { Receipt } from '../../src/client/records.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { accepted, createScriptedBus, delivery, type ScriptedStream, settled } from './scripted-bus.ts';
import { createSeededRandom } from './seeded-random.ts';

const AGENT = 'opencode://backend';
const ORCHESTRATOR = 'claude-code://orchestrator';

const started: { agent: AgentConnection; clock: FakeClock }[] = [];
afterEach(async () => {
  for (const { agent, clock } of started.splice(0)) await closeAtOnce(agent, clock);
});

async function closeAtOnce(agent: AgentConnection, clock: FakeClock): Promise<void> {
  const closed = agent.close({ graceMs: 0 });
  clock.advance(0);
  await closed;
}

/** An agent on a scripted bus, and everything it reported. */
async function start(options: Partial<AgentOptions> = {}) {
  const bus = createScriptedBus();
  const clock = createFakeClock();
  const statuses: ConnectionStatus[] = [];
  const agent = createAgent({
    agentId: AGENT,
    instanceId: 'i-1',
    transport: bus.transport,
    clock,
    random: createSeededRandom(1),
    onStatus: (status) => {
      statuses.push(status);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    ...options,
  });
  started.push({ agent, clock });
  let changed = Promise.withResolvers<void>();
  const reaches = async <State extends ConnectionStatus['state']>(state: State) => {
    while (agent.status.state !== state) await changed.promise;
    return agent.status as Extract<ConnectionStatus, { state: State }>;
  };
  const stream = await bus.nextStream();
  await reaches('online');
  /** Breaks the stream off as a dying bus would, and returns the next one. */
  const reconnect = async (broken: ScriptedStream): Promise<ScriptedStream> => {
    broken.end(new ConnectError('connection reset', Code.Aborted));
    const { retryInMs } = await reaches('waiting');
    clock.advance(retryInMs);
    return bus.nextStream();
  };
  return { agent, bus, clock, stream, statuses, reaches, reconnect };
}

/** The error with which the bus ends a stream. */
function refusal(code: Code, reason: string): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { domain: 'agentbus', reason, metadata: { agent_id: AGENT } } };
  return new ConnectError('refused', code, undefined, [info]);
}

/** Lets everything happen that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const note = { to: ORCHESTRATOR, type: MessageType.NOTIFICATION, payload: { text: 'hello' } } as const;

describe('hello', () => {
  test('says who the agent is and asks for confirmed settlements', async () => {
    const { stream } = await start({ capabilities: ['typescript'], maxInFlight: 3, leaseMs: 5_000, onTask() {} });
    expect(stream.hello).toMatchObject({
      agent: { agentId: AGENT, capabilities: ['typescript'] },
      instanceId: 'i-1',
      maxInFlight: 3,
      confirmSettlements: true,
      sendOnly: false,
      lease: { seconds: 5n },
    });
  });

  test.each([
    ['the version that this client speaks', {}, 1],
    ['another version for a test', { protocolVersion: 2 }, 2],
  ])('asks for %s', async (_, options, version) => {
    const { stream } = await start(options);
    expect(stream.hello.protocolVersion).toBe(version);
  });

  test('asks for no mail without handlers, and for mail as soon as there is one', async () => {
    const { agent, bus, stream } = await start();
    expect(stream.hello.sendOnly).toBe(true);
    agent.onTask(() => ({}));
    await stream.agentEnded;
    stream.end();
    expect((await bus.nextStream()).hello.sendOnly).toBe(false);
  });
});

describe('a task', () => {
  test('is answered, and acknowledged only when the answer is on disk', async () => {
    const { stream } = await start({ onTask: ({ payload }) => ({ built: payload.component ?? null }) });
    stream.say(delivery('d1'));
    const { messages } = await stream.expect('send');
    expect(messages).toMatchObject([
      {
        messageType: MessageType.TASK_RESPONSE,
        correlationId: 'task_1',
        sender: { agentId: AGENT, sessionId: 'sess_a' },
        recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
        content: { case: 'payload', value: { built: 'notification-service' } },
      },
    ]);
    await turn();
    expect(stream.unread).toEqual([]);
    stream.say(accepted(messages[0]!.messageId));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d1'] });
  });

  test.each([
    ['nothing', () => {}, { case: undefined }],
    ['a JSON object', () => ({ a: [1] }), { case: 'payload', value: { a: [1] } }],
    [
      'bytes',
      () => ({ data: new Uint8Array([1, 2]), contentType: 'image/png' }),
      { case: 'data', value: new Uint8Array([1, 2]) },
    ],
    [
      'an error',
      () => Promise.reject(new TypeError('no such file')),
      { case: 'payload', value: { status: 'failed', error: { reason: 'TypeError', message: 'no such file' } } },
    ],
  ])('that comes to %s says so', async (_, onTask, content) => {
    const { stream } = await start({ onTask });
    stream.say(delivery('d1'));
    const { messages } = await stream.expect('send');
    expect(messages[0]!.content).toEqual(content);
    stream.say(accepted(messages[0]!.messageId));
    await stream.expect('ack');
  });

  test('goes back to the mailbox when its handler wants to try later', async () => {
    const { stream } = await start({
      onTask() {
        throw new RetryLater(2_500, 'quota used up');
      },
    });
    stream.say(delivery('d1'));
    expect(await stream.expect('reject')).toMatchObject({
      deliveryIds: ['d1'],
      disposition: { case: 'requeueDelay', value: { seconds: 2n, nanos: 500_000_000 } },
      reason: 'quota used up',
    });
  });

  test.each([
    ['onTask', MessageType.TASK_REQUEST],
    ['onMessage', MessageType.NOTIFICATION],
  ])(
    'or another message that %s gives up goes to the dead letters, and nothing is sent',
    async (handler, messageType) => {
      const { stream } = await start({
        [handler]() {
          throw new Reject('it makes no sense');
        },
      });
      stream.say(delivery('d1', { messageType }));
      expect(await stream.expect('reject')).toMatchObject({
        deliveryIds: ['d1'],
        disposition: { case: 'drop', value: true },
        reason: 'it makes no sense',
      });
      expect(stream.unread).toEqual([]);
    },
  );

  test('whose answer is refused is answered with the refusal', async () => {
    const { stream } = await start({ onTask: () => ({ huge: true }) });
    stream.say(delivery('d1'));
    const first = await stream.expect('send');
    const error = { code: Code.ResourceExhausted, message: 'too large', info: { reason: 'MESSAGE_TOO_LARGE' } };
    stream.say({
      case: 'sendResult',
      value: { results: [{ messageId: first.messages[0]!.messageId, outcome: { case: 'error', value: error } }] },
    });
    const second = await stream.expect('send');
    expect(second.messages[0]!.content.value).toEqual({
      status: 'failed',
      error: { reason: 'MESSAGE_TOO_LARGE', message: 'too large' },
    });
    stream.say(accepted(second.messages[0]!.messageId));
    await stream.expect('ack');
  });

  test('that cannot be answered at all goes to the dead letters', async () => {
    const { stream } = await start({ onTask: () => ({}) });
    stream.say(delivery('d1'));
    const error = {
      code: Code.FailedPrecondition,
      message: 'the session has ended',
      info: { reason: 'SESSION_ENDED' },
    };
    for (const _ of ['response', 'failure']) {
      const { messages } = await stream.expect('send');
      stream.say({
        case: 'sendResult',
        value: { results: [{ messageId: messages[0]!.messageId, outcome: { case: 'error', value: error } }] },
      });
    }
    expect(await stream.expect('reject')).toMatchObject({
      disposition: { case: 'drop', value: true },
      reason: 'the response was refused: the session has ended',
    });
  });

  test('whose delegator has a full mailbox keeps its result until there is room', async () => {
    const { stream, clock } = await start({ onTask: () => ({ dear: true }) });
    stream.say(delivery('d1'));
    const first = await stream.expect('send');
    const error = { code: Code.ResourceExhausted, message: 'full', info: { reason: 'MAILBOX_FULL' } };
    stream.say({
      case: 'sendResult',
      value: { results: [{ messageId: first.messages[0]!.messageId, outcome: { case: 'error', value: error } }] },
    });
    await turn();
    expect(stream.unread).toEqual([]);
    clock.advance(200);
    const second = await stream.expect('send');
    expect(second.messages[0]!.content).toEqual(first.messages[0]!.content);
  });

  test('keeps its result until there is room among what is unanswered', async () => {
    const { agent, stream, clock } = await start({ onTask: () => ({ dear: true }) });
    const ids = Array.from({ length: 10_000 }, (_, index) => `m-${index}`);
    const sent = ids.map((messageId) => agent.send({ ...note, messageId }));
    for (let count = 0; count < ids.length; ) count += (await stream.expect('send')).messages.length;
    stream.say(delivery('d1'));
    await turn();
    expect(stream.unread).toEqual([]);
    stream.say(accepted(...ids));
    await Promise.all(sent);
    clock.advance(200);
    expect((await stream.expect('send')).messages).toMatchObject([{ content: { value: { dear: true } } }]);
  });

  test('reports its progress to its delegator', async () => {
    const { stream } = await start({
      async onTask(_, { progress }) {
        await progress(40, 'tests written');
      },
    });
    stream.say(delivery('d1', { metadata: { traceparent: '00-trace' } }));
    const { messages } = await stream.expect('send');
    expect(messages).toMatchObject([
      {
        messageType: MessageType.STATUS_UPDATE,
        correlationId: 'task_1',
        content: { value: { progress: 40, note: 'tests written' } },
        metadata: { traceparent: '00-trace' },
      },
    ]);
  });

  test('hands its trace on with all that is sent for it, and its id to the tasks that it causes', async () => {
    const traces = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'vendor=1' };
    const { stream } = await start({
      async onTask(_, { delegate, send }) {
        await send({ ...note, messageId: 'note', metadata: { mood: 'good' } });
        await delegate({ to: 'codex://frontend', taskId: 'child' });
        await send({ to: { role: 'reviewer' }, type: MessageType.TASK_REQUEST, messageId: 'children' });
      },
    });
    stream.say(delivery('d1', { metadata: { ...traces, unrelated: 'x' } }));
    const sent = [];
    for (let count = 0; count < 4; count++) {
      const [message] = (await stream.expect('send')).messages;
      sent.push(message!);
      stream.say(accepted(message!.messageId));
    }
    expect(sent.map(({ messageType, parentTaskId }) => [messageType, parentTaskId])).toEqual([
      [MessageType.NOTIFICATION, ''],
      [MessageType.TASK_REQUEST, 'task_1'],
      [MessageType.TASK_REQUEST, 'task_1'],
      [MessageType.TASK_RESPONSE, ''],
    ]);
    expect(sent.map(({ metadata }) => metadata)).toEqual([{ ...traces, mood: 'good' }, traces, traces, traces]);
  });

  test('passes parts of itself on as its children', async () => {
    const { stream } = await start({
      async onTask(_, { delegate }) {
        await delegate({ to: 'codex://frontend', taskId: 'child', payload: {} });
      },
    });
    stream.say(delivery('d1'));
    const { messages } = await stream.expect('send');
    expect(messages).toMatchObject([{ messageId: 'child', parentTaskId: 'task_1', sender: { sessionId: 'sess_a' } }]);
  });
});

describe('any other message', () => {
  test('is acknowledged when its handler returns', async () => {
    const { stream } = await start({ onMessage() {} });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d1'] });
  });

  test('comes again later and later when its handler throws', async () => {
    const { stream } = await start({ onMessage: () => Promise.reject(new Error('database is down')) });
    stream.say(delivery('d3', { messageType: MessageType.ERROR }, { attempt: 3 }));
    expect(await stream.expect('reject')).toMatchObject({
      disposition: { case: 'requeueDelay', value: { seconds: 4n } },
      reason: 'database is down',
    });
  });

  test('goes to the dead letters if nobody handles it', async () => {
    const { stream } = await start({ onTask() {} });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    expect(await stream.expect('reject')).toMatchObject({ disposition: { case: 'drop' } });
  });
});

describe('receipts', () => {
  test('are asked for with a message, and come to the handler, which they do not ask for mail', async () => {
    const receipts: Receipt[] = [];
    const { agent, bus, stream } = await start();
    agent.onReceipt((receipt) => void receipts.push(receipt));
    const sent = agent.send({ ...note, messageId: 'm-1', receipts: [MessageState.ACKNOWLEDGED] });
    const { messages } = await stream.expect('send');
    expect(messages[0]!.routing).toMatchObject({ receipts: [MessageState.ACKNOWLEDGED] });
    stream.say(accepted('m-1'));
    await sent;
    const time = new Date('2026-01-01T00:00:01.500Z');
    const receipt = { messageId: 'm-1', recipient: ORCHESTRATOR, state: MessageState.ACKNOWLEDGED, attempt: 2 };
    stream.say({ case: 'receipt', value: { ...receipt, time: timestampFromDate(time) } });
    await turn();
    expect(receipts).toEqual([{ ...receipt, time, reason: '' }]);
    expect(bus.opened).toBe(1);
  });
});

describe('a redelivery', () => {
  test('of a message that is being handled does not start it twice; the newest delivery is settled', async () => {
    const work = Promise.withResolvers<void>();
    let started = 0;
    const { stream, reconnect } = await start({
      async onMessage() {
        started++;
        await work.promise;
      },
    });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    await turn();
    const second = await reconnect(stream);
    second.say(delivery('d2', { messageType: MessageType.NOTIFICATION }, { attempt: 2 }));
    await turn();
    work.resolve();
    expect(await second.expect('ack')).toMatchObject({ deliveryIds: ['d2'] });
    expect(started).toBe(1);
  });

  test('of a message whose acknowledgement was lost is acknowledged, not handled again', async () => {
    let handled = 0;
    const { stream, reconnect } = await start({ onMessage: () => void handled++ });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    await stream.expect('ack');
    const second = await reconnect(stream);
    second.say(delivery('d2', { messageType: MessageType.NOTIFICATION }, { attempt: 2 }));
    expect(await second.expect('ack')).toMatchObject({ deliveryIds: ['d2'] });
    expect(handled).toBe(1);
  });

  test('of a message whose acknowledgement is on disk is a new message', async () => {
    let handled = 0;
    const { stream } = await start({ onMessage: () => void handled++ });
    for (const id of ['d1', 'd2']) {
      stream.say(delivery(id, { messageType: MessageType.NOTIFICATION }));
      await stream.expect('ack');
      stream.say(settled(id));
      await turn();
    }
    expect(handled).toBe(2);
  });

  test('is told apart from another sender’s message of the same id', async () => {
    let handled = 0;
    const { stream } = await start({ onMessage: () => void handled++ });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    stream.say(delivery('d2', { messageType: MessageType.NOTIFICATION, sender: { agentId: 'codex://frontend' } }));
    await stream.expect('ack');
    await turn();
    expect(handled).toBe(2);
  });

  test('an extension that is confirmed late is not taken for the confirmation of the acknowledgement', async () => {
    const work = Promise.withResolvers<void>();
    let handled = 0;
    const { stream, clock, reconnect } = await start({
      async onMessage() {
        handled++;
        await work.promise;
      },
    });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    await turn();
    clock.advance(5_000);
    await stream.expect('extend');
    work.resolve();
    await stream.expect('ack');
    stream.say(settled('d1'));
    await turn();
    const second = await reconnect(stream);
    second.say(delivery('d2', { messageType: MessageType.NOTIFICATION }, { attempt: 2 }));
    await second.expect('ack');
    expect(handled).toBe(1);
  });
});

describe('a stream', () => {
  test('carries heartbeats with the load, and extends the leases of running work', async () => {
    const { stream, clock } = await start({ maxInFlight: 4, onTask: () => new Promise<void>(() => {}) });
    stream.say(delivery('d1'));
    await turn();
    clock.advance(5_000);
    expect(await stream.expect('heartbeat')).toMatchObject({ load: 0.25 });
    expect(await stream.expect('extend')).toMatchObject({ deliveryIds: ['d1'] });
  });

  test('is given up when the bus is silent for two intervals', async () => {
    const { clock, reaches } = await start({ onTask() {} });
    clock.advance(35_000);
    expect(await reaches('waiting')).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  });

  test('is given up when the bus does not welcome', async () => {
    const bus = createScriptedBus({ case: 'heartbeat', value: {} });
    const clock = createFakeClock();
    const waiting = Promise.withResolvers<ConnectionStatus>();
    const onStatus = (status: ConnectionStatus) => void (status.state === 'waiting' && waiting.resolve(status));
    const agent = createAgent({
      agentId: AGENT,
      transport: bus.transport,
      clock,
      random: createSeededRandom(1),
      onStatus,
    });
    started.push({ agent, clock });
    await bus.nextStream();
    clock.advance(10_000);
    expect(await waiting.promise).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  });

  test('is opened again after waits that grow and are jittered', async () => {
    const { stream, reconnect, statuses } = await start({
      onTask() {},
      random: { next: () => 0.5, bytes: (n) => new Uint8Array(n) },
    });
    let current = stream;
    for (let count = 0; count < 4; count++) current = await reconnect(current);
    const waits = statuses.flatMap((status) => (status.state === 'waiting' ? [status.retryInMs] : []));
    expect(waits).toEqual([100, 200, 400, 800]);
  });

  test('that held for a while starts the waits over', async () => {
    const { stream, clock, reaches, reconnect, statuses } = await start({
      onTask() {},
      random: { next: () => 0.5, bytes: (n) => new Uint8Array(n) },
    });
    const second = await reconnect(stream);
    await reaches('online');
    clock.advance(5_000);
    await reconnect(second);
    const waits = statuses.flatMap((status) => (status.state === 'waiting' ? [status.retryInMs] : []));
    expect(waits).toEqual([100, 100]);
  });

  test('that the bus drains is left when the work is done, and opened again when the bus says', async () => {
    const work = Promise.withResolvers<void>();
    const { stream, clock, bus, reaches } = await start({ onMessage: () => work.promise });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    await turn();
    stream.say({ case: 'drain', value: { reconnectAfter: { seconds: 3n } } });
    await turn();
    work.resolve();
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d1'] });
    stream.say(settled('d1'));
    await stream.agentEnded;
    stream.end();
    expect(await reaches('waiting')).toMatchObject({ retryInMs: 3_000 });
    clock.advance(2_999);
    await turn();
    expect(bus.opened).toBe(1);
    clock.advance(1);
    await bus.nextStream();
  });
});

describe('send', () => {
  test('resolves with what the bus says', async () => {
    const { agent, stream } = await start();
    const sent = agent.send({ ...note, messageId: 'm-1' });
    expect((await stream.expect('send')).messages).toMatchObject([{ messageId: 'm-1' }]);
    stream.say({
      case: 'sendResult',
      value: { results: [{ messageId: 'm-1', outcome: { case: 'duplicate', value: {} } }] },
    });
    expect(await sent).toMatchObject({ messageId: 'm-1', duplicate: true });
  });

  test('sends the very same bytes again when the answer was lost', async () => {
    const { agent, stream, reconnect } = await start();
    const payload = { text: 'first' };
    const sent = agent.send({ ...note, payload });
    const before = await stream.expect('send');
    payload.text = 'changed meanwhile';
    const second = await reconnect(stream);
    const after = await second.expect('send');
    expect(after).toEqual(before);
    second.say(accepted(after.messages[0]!.messageId));
    await sent;
  });

  test('does not repeat what was answered', async () => {
    const { agent, stream, reconnect } = await start();
    const sent = agent.send({ ...note, messageId: 'm-1' });
    await stream.expect('send');
    stream.say(accepted('m-1'));
    await sent;
    const second = await reconnect(stream);
    await turn();
    expect(second.unread).toEqual([]);
  });

  test('tries again when the bus could not take a message just then, and rejects when it never will', async () => {
    const { agent, stream, clock } = await start();
    const sent = agent.send({ ...note, messageId: 'm-1' });
    await stream.expect('send');
    const answer = (code: Code, reason: string) =>
      stream.say({
        case: 'sendResult',
        value: {
          results: [{ messageId: 'm-1', outcome: { case: 'error', value: { code, message: 'no', info: { reason } } } }],
        },
      });
    answer(Code.Unavailable, 'DRAINING');
    await turn();
    clock.advance(10_000);
    await stream.expect('send');
    answer(Code.NotFound, 'RECIPIENT_NOT_FOUND');
    await expect(sent).rejects.toMatchObject({
      name: 'AgentbusError',
      code: 'NOT_FOUND',
      reason: 'RECIPIENT_NOT_FOUND',
    });
  });

  test('puts what piled up into few frames', async () => {
    const { agent, stream, reconnect } = await start();
    stream.end(new ConnectError('connection reset', Code.Aborted));
    const sent = Array.from({ length: 100 }, (_, index) => agent.send({ ...note, messageId: `m-${index}` }));
    const second = await reconnect(stream);
    expect((await second.expect('send')).messages).toHaveLength(64);
    expect((await second.expect('send')).messages).toHaveLength(36);
    second.say(accepted(...Array.from({ length: 100 }, (_, index) => `m-${index}`)));
    await Promise.all(sent);
  });

  test('refuses what is too large without asking the bus', async () => {
    const { agent } = await start();
    const data = new Uint8Array(4_128_768);
    await expect(
      agent.send({ to: ORCHESTRATOR, type: MessageType.NOTIFICATION, data, contentType: 'application/pdf' }),
    ).rejects.toMatchObject({
      reason: 'MESSAGE_TOO_LARGE',
      facts: { limit: '4128768' },
    });
  });

  test('refuses more when too many are unanswered', async () => {
    const { agent, clock } = await start();
    const sent = Array.from({ length: 10_000 }, () => agent.send(note).catch((error: unknown) => error));
    await expect(agent.send(note)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    await closeAtOnce(agent, clock);
    expect(await sent[0]).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('an end', () => {
  test('by fencing is final', async () => {
    const { agent, bus, clock, stream, reaches } = await start({ onTask() {} });
    stream.end(refusal(Code.Aborted, 'STREAM_FENCED'));
    expect(await reaches('fenced')).toMatchObject({ error: { reason: 'STREAM_FENCED', facts: { agent_id: AGENT } } });
    await expect(agent.closed).rejects.toMatchObject({ reason: 'STREAM_FENCED' });
    await expect(agent.send(note)).rejects.toMatchObject({ reason: 'STREAM_FENCED' });
    clock.advance(60_000);
    await turn();
    expect(bus.opened).toBe(1);
  });

  test.each([
    [Code.Unauthenticated, 'KEY_INVALID'],
    [Code.PermissionDenied, 'AGENT_NOT_ALLOWED'],
    [Code.InvalidArgument, 'FIELD_INVALID'],
    [Code.FailedPrecondition, 'PROTOCOL_VERSION_UNSUPPORTED'],
    [Code.NotFound, 'AGENT_NOT_FOUND'],
  ])('by %i %s is final', async (code, reason) => {
    const { agent, stream, statuses } = await start({ onTask() {} });
    stream.end(refusal(code, reason));
    await expect(agent.closed).rejects.toMatchObject({ reason });
    expect(statuses.at(-1)).toMatchObject({ state: 'failed', error: { reason } });
  });

  test.each([
    [Code.Unavailable, 'DRAINING'],
    [Code.DeadlineExceeded, 'HEARTBEAT_TIMEOUT'],
    [Code.ResourceExhausted, 'SLOW_CONSUMER'],
    [Code.Internal, 'INTERNAL'],
  ])('by %i %s is not', async (code, reason) => {
    const { stream, reaches } = await start({ onTask() {} });
    stream.end(refusal(code, reason));
    expect(await reaches('waiting')).toMatchObject({ error: { reason } });
  });

  test('by drain finishes what runs, takes nothing new, and leaves', async () => {
    const work = Promise.withResolvers<void>();
    const { agent, stream } = await start({ onMessage: () => work.promise });
    stream.say(delivery('d1', { messageType: MessageType.NOTIFICATION }));
    await turn();
    const drained = agent.drain();
    await stream.expect('drain');
    stream.say(delivery('d2', { messageId: 'late', messageType: MessageType.NOTIFICATION }));
    expect(await stream.expect('reject')).toMatchObject({ deliveryIds: ['d2'], disposition: { case: 'requeueDelay' } });
    stream.say(settled('d2'));
    work.resolve();
    expect(await stream.expect('ack')).toMatchObject({ deliveryIds: ['d1'] });
    stream.say(settled('d1'));
    await stream.agentEnded;
    stream.end();
    await drained;
    expect(agent.status).toEqual({ state: 'closed' });
  });

  test('by close tells handlers to stop, and gives back what they had', async () => {
    const { agent, stream } = await start({
      onTask: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    stream.say(delivery('d1'));
    await turn();
    const closed = agent.close();
    expect(await stream.expect('reject')).toMatchObject({ deliveryIds: ['d1'], reason: 'the agent left' });
    stream.say(settled('d1'));
    await stream.agentEnded;
    stream.end();
    await closed;
  });

  test('by close does not wait longer than its grace for a handler that does not stop', async () => {
    const { agent, stream, clock } = await start({ onTask: () => new Promise<void>(() => {}) });
    stream.say(delivery('d1'));
    await turn();
    const closed = agent.close({ graceMs: 1_000 });
    clock.advance(1_000);
    await closed;
    expect(agent.status.state).toBe('closed');
  });

  test('while the bus is away waits for what is unanswered', async () => {
    const { agent, stream, reconnect } = await start({ onTask() {} });
    const sent = agent.send({ ...note, messageId: 'm-1' });
    await stream.expect('send');
    const second = await reconnect(stream);
    const drained = agent.drain();
    await second.expect('send');
    second.say(accepted('m-1'));
    await sent;
    await second.agentEnded;
    second.end();
    await drained;
  });
});

describe('watch', () => {
  const event = (sequence: number, ended = false) => ({
    sessionId: 'sess_a',
    sequence: BigInt(sequence),
    body: ended
      ? ({ case: 'sessionCompleted', value: { completion: { summary: 'done' } } } as const)
      : ({ case: 'participantRemoved', value: { agentId: 'codex://frontend' } } as const),
  });
  const news = (...events: ReturnType<typeof event>[]) => ({ case: 'sessionEvent', value: { events } }) as const;

  test('yields each event once across a lost stream, and ends with the session', async () => {
    const { agent, stream, reconnect } = await start();
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { sequence } of agent.watch('sess_a', { after: 2 })) seen.push(sequence);
    })();
    expect(await stream.expect('watch')).toMatchObject({ sessionId: 'sess_a', afterSequence: 2n });
    stream.say(news(event(3), event(4)));
    await turn();
    const second = await reconnect(stream);
    expect(await second.expect('watch')).toMatchObject({ afterSequence: 4n });
    second.say(news(event(4), event(5), event(6, true)));
    await watching;
    expect(seen).toEqual([3, 4, 5, 6]);
  });

  test('serves two readers of one session from where each is', async () => {
    const { agent, stream } = await start();
    const read = async (after: number) => {
      const seen: number[] = [];
      for await (const { sequence } of agent.watch('sess_a', { after })) seen.push(sequence);
      return seen;
    };
    const ahead = read(3);
    await stream.expect('watch');
    const behind = read(1);
    expect(await stream.expect('watch')).toMatchObject({ afterSequence: 1n });
    stream.say(news(event(2), event(3), event(4), event(5, true)));
    expect(await ahead).toEqual([4, 5]);
    expect(await behind).toEqual([2, 3, 4, 5]);
    expect(await stream.expect('unwatch')).toMatchObject({ sessionId: 'sess_a' });
  });

  test('does not pile up events for a slow reader, and asks again when it is there', async () => {
    const { agent, stream } = await start();
    const reader = agent.watch('sess_a');
    const first = reader.next();
    await stream.expect('watch');
    stream.say(news(...Array.from({ length: 1_500 }, (_, index) => event(index + 1))));
    await first;
    await turn();
    for (let count = 1; count < 1_000; count++) await reader.next();
    const next = reader.next();
    const { afterSequence } = await stream.expect('watch');
    stream.say(news(event(Number(afterSequence) + 1)));
    expect((await next).value).toMatchObject({ sequence: Number(afterSequence) + 1 });
  });

  test('throws what the bus refuses the session for', async () => {
    const { agent, stream } = await start();
    const next = agent.watch('sess_b').next();
    await stream.expect('watch');
    const error = { code: Code.NotFound, message: 'no such session', info: { reason: 'SESSION_NOT_FOUND' } };
    stream.say({ case: 'error', value: { error, sessionId: 'sess_b' } });
    await expect(next).rejects.toMatchObject({ reason: 'SESSION_NOT_FOUND' });
  });
});
