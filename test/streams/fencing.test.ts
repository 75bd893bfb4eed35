import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { createCuttingNetwork } from './cutting-network.ts';
import { connectRawPeer, hello, type RawPeer } from './raw-peer.ts';
import type { FrameInit, RawStream, StreamEnd } from './raw-stream.ts';
import { STRANGERS_KEY, type StartedBus, startBus } from './start-bus.ts';

// Goal: the newer of two streams of one instance is the only one: the older ends at once, and nothing that it says
// afterwards changes anything, however close to the fence it was said.
// Method: both streams on real sockets, on one connection and on two, with what they say put into the same packets.

const AGENT = 'codex://worker';
const FENCED = { by: 'bus', code: 'Aborted', reason: 'STREAM_FENCED' };

async function open(peer: RawPeer): Promise<RawStream> {
  const stream = peer.open();
  stream.say(hello(AGENT));
  await stream.nextOf('welcome');
  return stream;
}

/** A stream that holds one message. */
async function hold(bus: StartedBus, peer: RawPeer, messageId: string) {
  const stream = await open(peer);
  await bus.send(AGENT, messageId);
  const [delivery] = (await stream.nextOf('delivery')).deliveries;
  return { stream, deliveryId: delivery?.deliveryId ?? '' };
}

it.each([
  ['on another connection', false],
  ['on the same connection', true],
])('the same instance, %s, ends the old stream at once and gets its deliveries, marked', async (_, shared) => {
  const bus = await startBus();
  const peer = await bus.connect();
  const { stream, deliveryId } = await hold(bus, peer, 'm-1');
  const next = await open(shared ? peer : await bus.connect());
  expect(await stream.ended).toEqual(FENCED);
  const [again] = (await next.nextOf('delivery')).deliveries;
  expect(again).toMatchObject({ attempt: 2, redeliveredBecause: 2, message: { messageId: 'm-1' } });
  expect(again?.deliveryId).not.toBe(deliveryId);
  expect(await bus.metric('open_streams')).toBe(1);
});

it('the deliveries of a fenced stream go to whichever instance has room', async () => {
  const bus = await startBus();
  const { stream } = await hold(bus, await bus.connect(), 'm-1');
  const other = (await bus.connect()).open();
  other.say(hello(AGENT, { instanceId: 'other' }));
  await other.nextOf('welcome');
  const next = (await bus.connect()).open();
  next.say(hello(AGENT, { sendOnly: true }));
  expect(await stream.ended).toEqual(FENCED);
  expect((await other.nextOf('delivery')).deliveries).toMatchObject([{ attempt: 2, message: { messageId: 'm-1' } }]);
});

it.each<[string, (id: string) => FrameInit]>([
  ['ack', (id) => ({ case: 'ack', value: { deliveryIds: [id] } })],
  ['reject', (id) => ({ case: 'reject', value: { deliveryIds: [id] } })],
  ['drop', (id) => ({ case: 'reject', value: { deliveryIds: [id], disposition: { case: 'drop', value: true } } })],
  ['extend', (id) => ({ case: 'extend', value: { deliveryIds: [id] } })],
])('the new stream cannot %s what only the old one was given', async (_, settle) => {
  const bus = await startBus();
  const { deliveryId } = await hold(bus, await bus.connect(), 'm-1');
  const next = await open(await bus.connect());
  const [again] = (await next.nextOf('delivery')).deliveries;
  next.say(settle(deliveryId));
  expect(await next.nextOf('settleResult')).toMatchObject({ deliveryIds: [], staleDeliveryIds: [deliveryId] });
  expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_DELIVERED', attempt: 2 });
  next.say({ case: 'ack', value: { deliveryIds: [again?.deliveryId ?? ''] } });
  expect(await next.nextOf('settleResult')).toMatchObject({ deliveryIds: [again?.deliveryId], staleDeliveryIds: [] });
});

it('settlements that wait in the network while the fence falls change nothing when they arrive', async () => {
  const bus = await startBus();
  const network = await createCuttingNetwork({ target: bus.address });
  onTestFinished(() => network.close());
  const { stream, deliveryId } = await hold(bus, await bus.connect({ address: network.address }), 'm-1');
  network.hold();
  for (let round = 0; round < 10; round++) {
    stream.say({ case: 'ack', value: { deliveryIds: [deliveryId] } });
    stream.say({ case: 'reject', value: { deliveryIds: [deliveryId] } });
  }
  const next = await open(await bus.connect());
  const [again] = (await next.nextOf('delivery')).deliveries;
  expect(await stream.ended).toEqual(FENCED);
  network.release();
  await bus.send(AGENT, 'm-2');
  await next.nextOf('delivery');
  expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_DELIVERED', attempt: 2 });
  next.say({ case: 'ack', value: { deliveryIds: [again?.deliveryId ?? ''] } });
  expect(await next.nextOf('settleResult')).toMatchObject({ deliveryIds: [again?.deliveryId] });
  expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_ACKNOWLEDGED' });
});

it.each([
  ['before', true],
  ['behind', false],
])('an ack %s the new hello in the same packet settles its message or changes nothing', async (_, ackFirst) => {
  const bus = await startBus();
  for (let round = 0; round < 50; round++) {
    const messageId = `m-${round}`;
    const peer = await bus.connect();
    const { stream, deliveryId } = await hold(bus, peer, messageId);
    const next = peer.open();
    const says = [
      () => stream.say({ case: 'ack', value: { deliveryIds: [deliveryId] } }),
      () => next.say(hello(AGENT)),
    ];
    // Both are written in one turn of the event loop, which HTTP/2 puts into one piece.
    for (const say of ackFirst ? says : says.reverse()) say();
    expect(await stream.ended).toEqual(FENCED);
    await bus.send(AGENT, `${messageId}-after`);
    const seen: string[] = [];
    while (seen.at(-1) !== `${messageId}-after`)
      for (const { message, attempt, deliveryId: id } of (await next.nextOf('delivery')).deliveries) {
        seen.push(message?.messageId ?? '');
        expect(attempt).toBe(message?.messageId === messageId ? 2 : 1);
        next.say({ case: 'ack', value: { deliveryIds: [id] } });
      }
    await expect.poll(async () => (await bus.status(messageId))?.state).toBe('MESSAGE_STATE_ACKNOWLEDGED');
    // Settled by the old one, or given to the new one: not both, and not neither.
    const attempt = seen.includes(messageId) ? 2 : 1;
    expect((await bus.status(messageId))?.attempt).toBe(attempt);
    peer.leave();
  }
});

/** A hundred streams of one instance that say hello at once; resolves with the one that is left. */
async function storm(bus: StartedBus): Promise<{ survivor: RawStream; peers: RawPeer[] }> {
  const peers = await Promise.all(Array.from({ length: 100 }, () => bus.connect()));
  const streams = peers.map((peer) => peer.open());
  const over = new Map<RawStream, StreamEnd>();
  for (const stream of streams) void stream.ended.then((end) => over.set(stream, end));
  for (const stream of streams) stream.say(hello(AGENT));
  await expect.poll(() => over.size, { timeout: 20_000 }).toBe(99);
  for (const end of over.values()) expect(end).toEqual(FENCED);
  return { survivor: streams.find((stream) => !over.has(stream)) as RawStream, peers };
}

it('of a hundred streams of one instance at once exactly one stays, and nothing is left of the others', async () => {
  const bus = await startBus();
  // The engine keeps a timer of its own from its first lease on.
  const { stream, deliveryId } = await hold(bus, await bus.connect(), 'm-0');
  stream.say({ case: 'ack', value: { deliveryIds: [deliveryId] } });
  await stream.nextOf('settleResult');
  const timersOfOne = bus.timers();
  const { survivor, peers } = await storm(bus);
  expect(await bus.metric('open_streams')).toBe(1);
  const { body } = await bus.call('AgentService/GetAgent', { agent_id: AGENT });
  expect(body.agent.instances).toMatchObject([{ instance_id: 'i-1', connected: true }]);
  await bus.send(AGENT, 'm-1');
  const { deliveries } = await survivor.nextOf('delivery');
  expect(deliveries).toMatchObject([{ attempt: 1, message: { messageId: 'm-1' } }]);
  survivor.say({ case: 'ack', value: { deliveryIds: deliveries.map(({ deliveryId }) => deliveryId) } });
  await survivor.nextOf('settleResult');
  for (const peer of peers) peer.leave();
  await expect.poll(() => bus.metric('open_streams')).toBe(0);
  await expect.poll(() => bus.timers()).toBeLessThan(timersOfOne);
});

it('mail that a storm of reconnects was given again and again is with the last stream, or a dead letter after five times', async () => {
  const bus = await startBus();
  await bus.register(AGENT);
  const ids = Array.from({ length: 10 }, (_, index) => `m-${index}`);
  for (const messageId of ids) await bus.send(AGENT, messageId);
  const { survivor } = await storm(bus);
  await bus.send(AGENT, 'last');
  const kept: string[] = [];
  while (kept.at(-1) !== 'last')
    for (const { message } of (await survivor.nextOf('delivery')).deliveries) kept.push(message?.messageId ?? '');
  for (const messageId of ids) {
    const expected = kept.includes(messageId)
      ? { state: 'MESSAGE_STATE_DELIVERED' }
      : { state: 'MESSAGE_STATE_DEAD_LETTERED', attempt: 5 };
    expect(await bus.status(messageId)).toMatchObject(expected);
  }
});

it('an instance that flaps for long costs no memory, no timers and no leases', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bus = await startBus();
  const flap = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) {
      const peer = await connectRawPeer(bus);
      await open(peer);
      peer.break();
    }
    await expect.poll(() => bus.metric('open_streams')).toBe(0);
    collect();
  };
  await flap(300);
  const timers = bus.timers();
  const before = process.memoryUsage().heapUsed;
  await flap(600);
  const perFlap = (process.memoryUsage().heapUsed - before) / 600;
  // A stream that stays costs tens of KiB, a consumer or a lease of its own some hundred bytes.
  expect(perFlap).toBeLessThan(2_048);
  expect(bus.timers()).toBeLessThanOrEqual(timers);
});

it('the key of another agent fences nobody', async () => {
  const bus = await startBus();
  const { stream, deliveryId } = await hold(bus, await bus.connect(), 'm-1');
  const stranger = (await bus.connect({ apiKey: STRANGERS_KEY })).open();
  stranger.say(hello(AGENT));
  expect(await stranger.ended).toEqual({ by: 'bus', code: 'PermissionDenied', reason: 'AGENT_NOT_ALLOWED' });
  stream.say({ case: 'ack', value: { deliveryIds: [deliveryId] } });
  expect(await stream.nextOf('settleResult')).toMatchObject({ deliveryIds: [deliveryId] });
});

it('a hello that is refused fences nobody', async () => {
  const bus = await startBus();
  const { stream, deliveryId } = await hold(bus, await bus.connect(), 'm-1');
  const newer = (await bus.connect()).open();
  newer.say(hello(AGENT, { protocolVersion: 99 }));
  expect(await newer.ended).toMatchObject({ by: 'bus', reason: 'PROTOCOL_VERSION_UNSUPPORTED' });
  stream.say({ case: 'ack', value: { deliveryIds: [deliveryId] } });
  expect(await stream.nextOf('settleResult')).toMatchObject({ deliveryIds: [deliveryId] });
});

it('mail that the instance took by a single call stays with it while its streams replace each other', async () => {
  const bus = await startBus();
  await bus.register(AGENT);
  await bus.send(AGENT, 'm-1');
  const receive = { agent_id: AGENT, instance_id: 'i-1', lease: '3600s' };
  const { body } = await bus.call('MessageService/ReceiveMessages', receive);
  const [{ delivery_id: deliveryId }] = body.deliveries;
  const { stream } = await hold(bus, await bus.connect(), 'm-2');
  const next = await open(await bus.connect());
  expect(await stream.ended).toEqual(FENCED);
  expect((await next.nextOf('delivery')).deliveries).toMatchObject([{ attempt: 2, message: { messageId: 'm-2' } }]);
  expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_DELIVERED', attempt: 1 });
  const acknowledge = { agent_id: AGENT, delivery_ids: [deliveryId] };
  await bus.call('MessageService/AcknowledgeMessages', acknowledge);
  expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_ACKNOWLEDGED' });
  // And the other way round: a call of the instance does not end its stream.
  await bus.send(AGENT, 'm-3');
  expect((await next.nextOf('delivery')).deliveries).toMatchObject([{ message: { messageId: 'm-3' } }]);
});
