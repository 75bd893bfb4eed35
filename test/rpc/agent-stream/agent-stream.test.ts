/**
 * Goal: a stream keeps its promises frame by frame, and ends when it must.
 * Method: the machine without a transport, on a real bus, with time in the test's hands.
 */
import type { JsonObject } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { AgentStatus } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { incomingFromEnvelope } from '../../../src/bus/message/incoming.ts';
import { STREAM_LIMITS } from '../../../src/limits.ts';
import { notificationsSession } from '../../open-bus.ts';
import { AGENT, ALL, envelope, INTERVAL, openRig, PEER, type Rig, type TestStream } from './stream-rig.ts';

const HELLO = { agent: { agentId: AGENT }, instanceId: 'i-1' };

function failsWith(reason: string, facts: object = {}) {
  return expect.objectContaining({ name: 'BusError', reason, facts: expect.objectContaining(facts) });
}

async function send({ bus }: Rig, ...messageIds: string[]): Promise<void> {
  for (const messageId of messageIds) await bus.messages.send(ALL, incomingFromEnvelope(envelope(messageId)));
}

/** Reads deliveries until there are `count`. */
async function deliveries(stream: TestStream, count: number) {
  const all: Awaited<ReturnType<typeof stream.nextOf<'delivery'>>>['deliveries'] = [];
  while (all.length < count) all.push(...(await stream.nextOf('delivery')).deliveries);
  return all;
}

/** Lets everything happen that waits for nothing but the store. */
async function calm({ bus }: Rig): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await bus.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether the stream has a frame to write; takes it if so. */
async function peek(rig: Rig, stream: TestStream) {
  const taken = stream.next();
  taken.catch(() => undefined);
  await calm(rig);
  return await Promise.race([taken, Promise.resolve(undefined)]);
}

describe('hello', () => {
  it('is answered by welcome at once, with the terms of the stream', async () => {
    const rig = await openRig();
    const stream = rig.connect();
    await stream.say({ case: 'hello', value: { ...HELLO, maxInFlight: 7, lease: { seconds: 60n } } });
    const welcome = await stream.nextOf('welcome');
    expect(welcome).toMatchObject({
      connectionId: expect.stringMatching(/^conn_/),
      heartbeatInterval: { seconds: 15n },
      limits: { maxInFlight: 7, maxEnvelopeBytes: 4_128_768, maxFrameBytes: 4_194_304, lease: { seconds: 60n } },
      serverVersion: '0.0.0-test',
      protocolVersion: 1,
    });
    expect(rig.bus.agents.get(AGENT)).toMatchObject({
      status: AgentStatus.ONLINE,
      descriptor: { agentId: AGENT, framework: 'codex' },
      instances: [{ instanceId: 'i-1', connected: true }],
    });
  });

  it.each([
    { title: 'no credit named', hello: {}, maxInFlight: 64 },
    { title: 'only sending', hello: { sendOnly: true, maxInFlight: 9 }, maxInFlight: 0 },
  ])('gets default terms: $title', async ({ hello, maxInFlight }) => {
    const stream = (await openRig()).connect();
    await stream.say({ case: 'hello', value: { ...HELLO, ...hello } });
    expect((await stream.nextOf('welcome')).limits).toMatchObject({ maxInFlight, lease: { seconds: 30n } });
  });

  it('must come first', async () => {
    const stream = (await openRig()).connect();
    await stream.say({ case: 'ack', value: { deliveryIds: [] } });
    expect(await stream.failure()).toEqual(failsWith('HELLO_EXPECTED', { frame: 'ack' }));
  });

  it('must come at all', async () => {
    const rig = await openRig();
    const stream = rig.connect();
    rig.clock.advance(STREAM_LIMITS.helloTimeoutMs);
    expect(await stream.failure()).toEqual(failsWith('HELLO_TIMEOUT', { limit_seconds: 10 }));
  });

  it('must come before the client ends its side', async () => {
    const stream = (await openRig()).connect();
    stream.machine.clientEnded();
    expect(await stream.failure()).toEqual(failsWith('HELLO_EXPECTED'));
  });

  it('must come once, however wrong the second one is', async () => {
    const stream = await (await openRig()).open();
    await stream.say({ case: 'hello', value: {} });
    expect(await stream.failure()).toEqual(failsWith('HELLO_REPEATED'));
  });

  it('must keep the rules of the contract', async () => {
    const stream = (await openRig()).connect();
    await stream.say({ case: 'hello', value: { ...HELLO, instanceId: '' } });
    expect(await stream.failure()).toMatchObject({ reason: 'FIELD_INVALID', facts: { field: 'hello.instance_id' } });
  });

  it('must not speak a newer protocol', async () => {
    const stream = (await openRig()).connect();
    await stream.say({ case: 'hello', value: { ...HELLO, protocolVersion: 2 } });
    const facts = { requested: 2, supported: 1 };
    expect(await stream.failure()).toEqual(failsWith('PROTOCOL_VERSION_UNSUPPORTED', facts));
  });

  it('must be for an agent of the key', async () => {
    const rig = await openRig();
    const stream = rig.connect({ principal: { name: 'other', agents: ['codex://other'] } });
    await stream.say({ case: 'hello', value: HELLO });
    expect(await stream.failure()).toEqual(failsWith('AGENT_NOT_ALLOWED', { agent_id: AGENT }));
    expect(rig.bus.agents.has(AGENT)).toBe(false);
  });

  it('comes too late when the bus shuts down', async () => {
    const rig = await openRig();
    rig.drain.begin('update');
    const stream = rig.connect();
    await stream.say({ case: 'hello', value: HELLO });
    expect(await stream.failure()).toEqual(failsWith('DRAINING'));
  });
});

describe('deliveries', () => {
  it('come with what waited, in order, and are settled by ack', async () => {
    const rig = await openRig();
    await rig.open().then(({ machine }) => machine.end(new Error('registered')));
    await send(rig, 'm-1', 'm-2');
    const stream = await rig.open({ ...HELLO, confirmSettlements: true });
    const [first, second] = await deliveries(stream, 2);
    expect([first, second]).toMatchObject([
      { attempt: 1, redeliveredBecause: RedeliveryReason.UNSPECIFIED, message: { messageId: 'm-1' } },
      { attempt: 1, message: { messageId: 'm-2' } },
    ]);
    const deliveryIds = [first!.deliveryId, second!.deliveryId, 'unknown'];
    await stream.say({ case: 'ack', value: { deliveryIds } });
    expect(await stream.nextOf('settleResult')).toMatchObject({
      deliveryIds: deliveryIds.slice(0, 2),
      staleDeliveryIds: ['unknown'],
    });
    const [records] = await rig.engine.messages.find([{ sender: PEER, messageId: 'm-1' }]);
    expect(records).toMatchObject([{ state: 'acknowledged' }]);
  });

  it('never exceed the credit', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, maxInFlight: 2 });
    await send(rig, 'm-1', 'm-2', 'm-3');
    const [first] = await deliveries(stream, 2);
    expect(await peek(rig, stream)).toBeUndefined();
    expect(rig.bus.agents.get(AGENT)).toMatchObject({ queuedMessages: 3n, instances: [{ inFlight: 2 }] });
    await stream.say({ case: 'ack', value: { deliveryIds: [first!.deliveryId] } });
    await calm(rig);
    expect(rig.bus.agents.get(AGENT).instances).toMatchObject([{ inFlight: 2 }]);
  });

  it('share frames', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, maxInFlight: 1_000 });
    const all = Array.from({ length: 100 }, (_, index) => send(rig, `m-${index}`));
    await Promise.all(all);
    await calm(rig);
    const sizes = [
      (await stream.nextOf('delivery')).deliveries.length,
      (await stream.nextOf('delivery')).deliveries.length,
    ];
    expect(sizes).toEqual([STREAM_LIMITS.maxDeliveriesPerFrame, 100 - STREAM_LIMITS.maxDeliveriesPerFrame]);
  });

  it('come back by reject, and go to the dead letters by drop', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, confirmSettlements: true });
    await send(rig, 'back', 'drop');
    const [back, drop] = await deliveries(stream, 2);
    await stream.say({ case: 'reject', value: { deliveryIds: [back!.deliveryId] } });
    await stream.say({
      case: 'reject',
      value: { deliveryIds: [drop!.deliveryId], disposition: { case: 'drop', value: true }, reason: 'no' },
    });
    const frames = [await stream.next(), await stream.next(), await stream.next()];
    const settled = frames.flatMap((frame) => (frame.case === 'settleResult' ? frame.value.deliveryIds : []));
    expect(settled).toEqual([back!.deliveryId, drop!.deliveryId]);
    expect(frames.flatMap((frame) => (frame.case === 'delivery' ? frame.value.deliveries : []))).toMatchObject([
      { attempt: 2, redeliveredBecause: RedeliveryReason.REJECTED, message: { messageId: 'back' } },
    ]);
    const [records] = await rig.engine.messages.find([{ sender: PEER, messageId: 'drop' }]);
    expect(records).toMatchObject([{ state: 'dead_lettered', reason: 'no' }]);
  });

  it('stay as long as the lease of the hello, and longer by extend', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, confirmSettlements: true, lease: { seconds: 5n } });
    await send(rig, 'm-1');
    const [first] = await deliveries(stream, 1);
    rig.clock.advance(4_999);
    await stream.say({ case: 'extend', value: { deliveryIds: [first!.deliveryId] } });
    expect(await stream.nextOf('settleResult')).toMatchObject({
      deliveryIds: [first!.deliveryId],
      staleDeliveryIds: [],
    });
    const again = deliveries(stream, 1);
    rig.clock.advance(4_999);
    await calm(rig);
    expect(rig.bus.agents.get(AGENT).instances).toMatchObject([{ inFlight: 1 }]);
    rig.clock.advance(1);
    expect(await again).toMatchObject([{ attempt: 2, redeliveredBecause: RedeliveryReason.LEASE_EXPIRED }]);
  });

  it('do not come to those who only send', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, sendOnly: true });
    await send(rig, 'm-1');
    expect(await peek(rig, stream)).toBeUndefined();
  });

  it('stop when the agent says that it is going to leave', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, confirmSettlements: true });
    await send(rig, 'm-1');
    const [first] = await deliveries(stream, 1);
    await stream.say({ case: 'drain', value: {} });
    await send(rig, 'm-2');
    await stream.say({ case: 'ack', value: { deliveryIds: [first!.deliveryId] } });
    expect(await stream.nextOf('settleResult')).toMatchObject({ deliveryIds: [first!.deliveryId] });
    expect(await peek(rig, stream)).toBeUndefined();
  });

  it('go to another instance as soon as the stream ends, and its acks change nothing', async () => {
    const rig = await openRig();
    const first = await rig.open();
    await send(rig, 'm-1');
    const [lost] = await deliveries(first, 1);
    first.machine.end(new Error('connection reset'));
    const second = await rig.open({ ...HELLO, instanceId: 'i-2' });
    const [again] = await deliveries(second, 1);
    expect(again).toMatchObject({
      attempt: 2,
      redeliveredBecause: RedeliveryReason.STREAM_CLOSED,
      message: { messageId: 'm-1' },
    });
    await first.say({ case: 'ack', value: { deliveryIds: [lost!.deliveryId, again!.deliveryId] } });
    await calm(rig);
    expect(rig.bus.agents.get(AGENT).queuedMessages).toBe(1n);
  });
});

describe('send', () => {
  it('answers every message of a frame in order, a bad one by itself', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    const good = envelope('good', { sender: { agentId: AGENT } });
    const messages = [good, envelope('bad', { sender: { agentId: 'no agent' } }), good];
    const big = envelope('big', { content: { case: 'data', value: new Uint8Array(4_128_768) } });
    await stream.say({ case: 'send', value: { messages: [...messages, big] } });
    const frames = [await stream.next(), await stream.next()];
    const results = frames.flatMap((frame) => (frame.case === 'sendResult' ? frame.value.results : []));
    expect(results).toMatchObject([
      { messageId: 'good', outcome: { case: 'accepted' } },
      {
        messageId: 'bad',
        outcome: {
          case: 'error',
          value: { code: 3, info: { reason: 'FIELD_INVALID', metadata: { field: 'sender.agent_id' } } },
        },
      },
      { messageId: 'good', outcome: { case: 'duplicate' } },
      { messageId: 'big', outcome: { case: 'error', value: { code: 8, info: { reason: 'MESSAGE_TOO_LARGE' } } } },
    ]);
    expect(frames.flatMap((frame) => (frame.case === 'delivery' ? frame.value.deliveries : []))).toMatchObject([
      { message: { messageId: 'good' } },
    ]);
  });

  it('answers a message without a JSON form by itself', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    const deep = Array.from({ length: 30 }).reduce<JsonObject>((inner) => ({ inner }), {});
    const messages = [
      envelope('deep', { sender: { agentId: AGENT }, content: { case: 'payload', value: deep } }),
      envelope('late', { sender: { agentId: AGENT }, routing: { timeout: { seconds: 1n << 62n } } }),
      envelope('good', { sender: { agentId: AGENT } }),
    ];
    await stream.say({ case: 'send', value: { messages } });
    const { results } = await stream.nextOf('sendResult');
    expect(results).toMatchObject([
      { messageId: 'deep', outcome: { case: 'error', value: { info: { metadata: { rule: 'json.depth' } } } } },
      { messageId: 'late', outcome: { case: 'error', value: { info: { reason: 'FIELD_INVALID' } } } },
      { messageId: 'good', outcome: { case: 'accepted' } },
    ]);
  });

  it('refuses what the key may not say', async () => {
    const rig = await openRig();
    const stream = rig.connect({ principal: { name: 'worker', agents: [AGENT] } });
    await stream.say({ case: 'hello', value: HELLO });
    await stream.nextOf('welcome');
    await stream.say({ case: 'send', value: { messages: [envelope('m-1')] } });
    expect((await stream.nextOf('sendResult')).results).toMatchObject([
      { outcome: { case: 'error', value: { code: 7, info: { reason: 'AGENT_NOT_ALLOWED' } } } },
    ]);
  });

  it('answers frames in their order and still reads on', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, sendOnly: true });
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        stream.say({ case: 'send', value: { messages: [envelope(`m-${index}`)] } }),
      ),
    );
    const results: string[] = [];
    while (results.length < 50)
      results.push(...(await stream.nextOf('sendResult')).results.map(({ messageId }) => messageId));
    expect(results).toEqual(Array.from({ length: 50 }, (_, index) => `m-${index}`));
  });
});

describe('a frame that breaks a rule', () => {
  it('is answered by an error and changes nothing else', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await stream.say({ case: 'ack', value: { deliveryIds: [] } });
    expect(await stream.nextOf('error')).toMatchObject({
      error: { code: 3, info: { reason: 'FIELD_INVALID', metadata: { field: 'ack.delivery_ids' } } },
      sessionId: '',
    });
    await stream.say({ case: 'send', value: { messages: [envelope('m-1')] } });
    expect((await stream.nextOf('sendResult')).results).toMatchObject([{ outcome: { case: 'accepted' } }]);
  });

  it('of no kind is one too', async () => {
    const stream = await (await openRig()).open();
    await stream.say({ case: undefined });
    expect((await stream.nextOf('error')).error?.info?.reason).toBe('FIELD_INVALID');
  });
});

describe('watching', () => {
  async function session(rig: Rig) {
    const { sessionId } = await rig.bus.sessions.create(
      ALL,
      notificationsSession({ orchestrator: AGENT, workflow: { steps: [] } }),
    );
    return sessionId;
  }

  it('replays a session, follows it, and resumes after a sequence', async () => {
    const rig = await openRig();
    const sessionId = await session(rig);
    const stream = await rig.open({ ...HELLO, watchSessions: [{ sessionId }] });
    expect((await stream.nextOf('sessionEvent')).events).toMatchObject([
      { sessionId, sequence: 1n, body: { case: 'sessionCreated' } },
    ]);
    await rig.bus.sessions.updateSharedContext(ALL, {
      $typeName: 'agentbus.v1.UpdateSharedContextRequest',
      sessionId,
      change: { case: 'mergePatch', value: { a: 1 } },
    });
    expect((await stream.nextOf('sessionEvent')).events).toMatchObject([{ sequence: 2n }]);
    const resumed = await rig.open({ ...HELLO, instanceId: 'i-2' });
    await resumed.say({ case: 'watch', value: { sessionId, afterSequence: 1n } });
    expect((await resumed.nextOf('sessionEvent')).events).toMatchObject([{ sequence: 2n }]);
    await resumed.say({ case: 'watch', value: { sessionId, afterSequence: 0n } });
    expect((await resumed.nextOf('sessionEvent')).events.map(({ sequence }) => sequence)).toEqual([1n, 2n]);
  });

  it('ends by unwatch', async () => {
    const rig = await openRig();
    const sessionId = await session(rig);
    const stream = await rig.open({ ...HELLO, watchSessions: [{ sessionId }] });
    await stream.nextOf('sessionEvent');
    await stream.say({ case: 'unwatch', value: { sessionId } });
    await rig.bus.sessions.terminate(ALL, {
      $typeName: 'agentbus.v1.TerminateSessionRequest',
      sessionId,
      reason: 'enough',
      details: '',
    });
    expect(await peek(rig, stream)).toBeUndefined();
  });

  it.each([
    { title: 'a session that there is not', watch: { sessionId: 'sess_none' }, reason: 'SESSION_NOT_FOUND' },
    { title: 'a cursor beyond the end', watch: { afterSequence: 9n }, reason: 'SEQUENCE_OUT_OF_RANGE' },
  ])('refuses $title by name, and the stream goes on', async ({ watch, reason }) => {
    const rig = await openRig();
    const sessionId = await session(rig);
    const stream = await rig.open();
    const frame = { sessionId, ...watch };
    await stream.say({ case: 'watch', value: frame });
    expect(await stream.nextOf('error')).toMatchObject({ sessionId: frame.sessionId, error: { info: { reason } } });
    await stream.say({ case: 'watch', value: { sessionId } });
    expect((await stream.nextOf('sessionEvent')).events).toHaveLength(1);
  });

  it('refuses to others what only members see', async () => {
    const rig = await openRig();
    const { sessionId } = await rig.bus.sessions.create(ALL, notificationsSession());
    const stream = await rig.open({ ...HELLO, watchSessions: [{ sessionId }] });
    expect(await stream.nextOf('error')).toMatchObject({ sessionId, error: { info: { reason: 'SESSION_NOT_FOUND' } } });
  });

  it('is bounded', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    const limit = STREAM_LIMITS.maxWatchedSessions;
    const ids = await Promise.all(Array.from({ length: limit + 1 }, () => session(rig)));
    for (const sessionId of ids) await stream.say({ case: 'watch', value: { sessionId } });
    const frames = [];
    for (let count = 0; count <= limit; count++) frames.push(await stream.next());
    const errors = frames.flatMap((frame) => (frame.case === 'error' ? frame.value : []));
    expect(errors).toMatchObject([
      { sessionId: ids.at(-1), error: { info: { reason: 'LIMIT_REACHED', metadata: { bound: 'watched sessions' } } } },
    ]);
  });
});

describe('heartbeats', () => {
  it('come from the bus within every interval, when nothing else does', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    for (let beat = 0; beat < 3; beat++) {
      const coming = stream.nextOf('heartbeat');
      rig.clock.advance(INTERVAL);
      const { time } = await coming;
      expect(Number(time?.seconds)).toBe(Math.floor(rig.clock.now() / 1_000));
      await stream.say({ case: 'heartbeat', value: {} });
    }
    const coming = stream.next();
    rig.clock.advance(INTERVAL / 2);
    await stream.say({ case: 'ack', value: { deliveryIds: [] } });
    expect((await coming).case).toBe('error');
    const silent = stream.next();
    rig.clock.advance(INTERVAL / 2);
    await calm(rig);
    rig.clock.advance(INTERVAL / 2);
    expect((await silent).case).toBe('heartbeat');
  });

  it('say how busy an agent is', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await stream.say({ case: 'heartbeat', value: { load: 0.75, note: 'testing' } });
    expect(rig.bus.agents.get(AGENT).instances).toMatchObject([{ load: 0.75, note: 'testing' }]);
  });

  it('end a stream when none came for two intervals', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    const failure = stream.failure();
    rig.clock.advance(INTERVAL * 2 - 1);
    expect(rig.bus.agents.get(AGENT).status).toBe(AgentStatus.SLOW);
    rig.clock.advance(1);
    expect(await failure).toEqual(failsWith('HEARTBEAT_TIMEOUT', { limit_seconds: 30 }));
    expect(rig.bus.agents.get(AGENT).status).toBe(AgentStatus.OFFLINE);
  });
});

describe('a client that does not read', () => {
  it('counts as slow, then is ended, and what it holds goes to others', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await send(rig, 'm-1');
    await deliveries(stream, 1);
    const beatThrough = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        rig.clock.advance(1_000);
        await stream.say({ case: 'heartbeat', value: {} });
      }
    };
    await beatThrough(STREAM_LIMITS.stalledAfterMs + 3_000);
    expect(rig.bus.agents.get(AGENT).status).toBe(AgentStatus.SLOW);
    await beatThrough(STREAM_LIMITS.slowConsumerMs);
    expect(stream.machine.ended).toBe(true);
    expect(await stream.failure()).toEqual(failsWith('SLOW_CONSUMER', { stalled_seconds: 60 }));
    expect(await rig.open({ ...HELLO, instanceId: 'i-2' }).then((other) => deliveries(other, 1))).toHaveLength(1);
  });

  it('does not use up the attempts of what it was never sent', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await send(rig, 'm-1');
    await deliveries(stream, 1);
    // The writer has a frame and does not come back: this one waits in the queue.
    await send(rig, 'm-2');
    await expect.poll(() => rig.bus.agents.get(AGENT).instances[0]?.inFlight).toBe(2);
    stream.machine.end(new Error('the connection broke'));
    const other = await rig.open({ ...HELLO, instanceId: 'i-2' });
    const again = await deliveries(other, 2);
    expect(again.map(({ message, attempt }) => [message?.messageId, attempt])).toEqual([
      ['m-1', 2],
      ['m-2', 1],
    ]);
  });

  it('is online again when it reads', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    rig.clock.advance(STREAM_LIMITS.stalledAfterMs + 3_000);
    await stream.say({ case: 'heartbeat', value: {} });
    expect(rig.bus.agents.get(AGENT).status).toBe(AgentStatus.SLOW);
    const coming = stream.next();
    rig.clock.advance(3_000);
    expect(rig.bus.agents.get(AGENT).status).toBe(AgentStatus.ONLINE);
    rig.clock.advance(INTERVAL);
    await coming;
  });

  it('holds up only a bounded amount of mail, which stays where it is stored', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, maxInFlight: 1_000 });
    const content = { case: 'data', value: new Uint8Array(100_000) } as const;
    for (let index = 0; index < 60; index++) {
      await rig.bus.messages.send(ALL, incomingFromEnvelope(envelope(`m-${index}`, { content })));
    }
    await calm(rig);
    const { inFlight } = rig.bus.agents.get(AGENT).instances[0]!;
    expect(inFlight * 100_000).toBeLessThan(2 * STREAM_LIMITS.maxQueuedBytes + 100_000);
    const frames = [];
    for (let count = 0; count < 60; ) {
      const { deliveries: got } = await stream.nextOf('delivery');
      count += got.length;
      frames.push(got.length);
    }
    expect(Math.max(...frames)).toBe(2);
  });

  it('is not read from while it leaves too many answers', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, sendOnly: true });
    const content = { case: 'data', value: new Uint8Array(1_000_000) } as const;
    let read = 0;
    const reading = (async () => {
      for (let index = 0; index < 20; index++) {
        await stream.say({ case: 'send', value: { messages: [envelope(`m-${index}`, { content })] } });
        read++;
      }
    })();
    await calm(rig);
    expect(read).toBe(8);
    rig.clock.advance(INTERVAL * 3);
    expect(stream.machine.ended).toBe(false);
    const results: string[] = [];
    while (results.length < 20)
      results.push(...(await stream.nextOf('sendResult')).results.map(({ messageId }) => messageId));
    await reading;
    expect(results).toHaveLength(20);
  });
});

describe('the end of a stream', () => {
  it('comes by a newer stream of the same instance, at once', async () => {
    const rig = await openRig();
    const older = await rig.open();
    await send(rig, 'm-1');
    const [lost] = await deliveries(older, 1);
    const newer = await rig.open();
    expect(older.machine.ended).toBe(true);
    expect(await older.failure()).toEqual(failsWith('STREAM_FENCED', { agent_id: AGENT, instance_id: 'i-1' }));
    const [again] = await deliveries(newer, 1);
    expect(again).toMatchObject({ attempt: 2, message: { messageId: 'm-1' } });
    await older.say({ case: 'ack', value: { deliveryIds: [lost!.deliveryId, again!.deliveryId] } });
    await calm(rig);
    expect(rig.bus.agents.get(AGENT)).toMatchObject({
      queuedMessages: 1n,
      instances: [{ instanceId: 'i-1', inFlight: 1 }],
    });
  });

  it('comes when the agent is unregistered', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await rig.bus.agents.unregister(ALL, AGENT);
    expect(await stream.failure()).toEqual(failsWith('AGENT_NOT_FOUND', { agent_id: AGENT }));
  });

  it('comes when the client ends its side, after all answers', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, sendOnly: true });
    await stream.say({ case: 'send', value: { messages: [envelope('m-1')] } });
    stream.machine.clientEnded();
    expect((await stream.nextOf('sendResult')).results).toMatchObject([{ messageId: 'm-1' }]);
    expect(await stream.machine.next()).toBeUndefined();
  });

  it('gives back what a client had that ended its side', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await send(rig, 'm-1');
    await deliveries(stream, 1);
    stream.machine.clientEnded();
    expect(await rig.open({ ...HELLO, instanceId: 'i-2' }).then((other) => deliveries(other, 1))).toMatchObject([
      { redeliveredBecause: RedeliveryReason.STREAM_CLOSED },
    ]);
  });

  it('comes with the reason when the store fails', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    const failure = stream.failure();
    await send(rig, 'm-1');
    await rig.engine.close();
    expect(await failure).toMatchObject({ name: 'EngineError', code: 'closed' });
  });

  it('leaves no timer behind', async () => {
    const rig = await openRig();
    const before = rig.clock.pending;
    const stream = await rig.open();
    expect(rig.clock.pending).toBeGreaterThan(before);
    stream.machine.end(new Error('over'));
    expect(rig.clock.pending).toBe(before);
    const silent = rig.connect();
    silent.machine.end(new Error('over'));
    expect(rig.clock.pending).toBe(before);
  });
});

describe('a shutdown of the bus', () => {
  it('asks the agent to come back later, and takes what it still has to say', async () => {
    const rig = await openRig();
    const stream = await rig.open({ ...HELLO, confirmSettlements: true });
    await send(rig, 'm-1');
    const [first] = await deliveries(stream, 1);
    rig.drain.begin('update');
    const { reconnectAfter, reason } = await stream.nextOf('drain');
    expect(reason).toBe('update');
    expect(durationMs(reconnectAfter!)).toBeGreaterThanOrEqual(0);
    expect(durationMs(reconnectAfter!)).toBeLessThanOrEqual(STREAM_LIMITS.reconnectSpreadMs);
    await send(rig, 'm-2');
    rig.clock.advance(STREAM_LIMITS.drainGraceMs - 1);
    await stream.say({ case: 'ack', value: { deliveryIds: [first!.deliveryId] } });
    expect(await stream.nextOf('settleResult')).toMatchObject({ deliveryIds: [first!.deliveryId] });
    const failure = stream.failure();
    rig.clock.advance(1);
    expect(await failure).toEqual(failsWith('DRAINING'));
  });

  it('ends a stream early on which nothing is owed', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    rig.drain.begin('update');
    await stream.nextOf('drain');
    const failure = stream.failure();
    rig.clock.advance(STREAM_LIMITS.drainQuietMs);
    expect(await failure).toEqual(failsWith('DRAINING'));
  });

  it('does not wait longer than the grace', async () => {
    const rig = await openRig();
    const stream = await rig.open();
    await send(rig, 'm-1');
    await deliveries(stream, 1);
    rig.drain.begin('update');
    const failure = stream.failure();
    rig.clock.advance(STREAM_LIMITS.drainGraceMs - 1);
    expect(stream.machine.ended).toBe(false);
    rig.clock.advance(1);
    expect(await failure).toEqual(failsWith('DRAINING'));
  });
});
