import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { hello, type RawPeer } from './raw-peer.ts';
import type { RawStream } from './raw-stream.ts';
import { type StartedBus, startBus } from './start-bus.ts';

// Goal: what a client held when it died goes to the next instance at once, marked, with the attempt counted.
// Method: leases of an hour and heartbeats of ten minutes, so that nothing but the end of the stream can free a
// delivery; and every way in which a stream can end.

const AGENT = 'codex://worker';
const PROGRAM = new URL('programs/hold-deliveries.ts', import.meta.url).pathname;
const MESSAGES = ['m-1', 'm-2', 'm-3'];

/** A stream of an instance that holds three messages. */
async function hold(bus: StartedBus): Promise<{ peer: RawPeer; stream: RawStream }> {
  const peer = await bus.connect();
  const stream = peer.open();
  stream.say(hello(AGENT, { instanceId: 'first' }));
  await stream.nextOf('welcome');
  for (const messageId of MESSAGES) await bus.send(AGENT, messageId);
  await taken(stream, MESSAGES.length);
  return { peer, stream };
}

async function taken(stream: RawStream, count: number) {
  const all = [];
  while (all.length < count) all.push(...(await stream.nextOf('delivery')).deliveries);
  return all;
}

/** Another instance, and what it is given: all that the first one held, in order, as a second attempt. */
async function expectHandover(bus: StartedBus): Promise<void> {
  const next = (await bus.connect()).open();
  next.say(hello(AGENT, { instanceId: 'next' }));
  const marked = { attempt: 2, redeliveredBecause: 2 };
  expect(await taken(next, MESSAGES.length)).toMatchObject(
    MESSAGES.map((messageId) => ({ ...marked, message: { messageId } })),
  );
}

it.each<[string, (held: { peer: RawPeer; stream: RawStream }) => void]>([
  ['leaves (FIN)', ({ peer }) => peer.leave()],
  ['breaks off (RST)', ({ peer }) => peer.break()],
  ['resets its stream with CANCEL', ({ stream }) => stream.reset(constants.NGHTTP2_CANCEL)],
  ['resets its stream with NO_ERROR', ({ stream }) => stream.reset(constants.NGHTTP2_NO_ERROR)],
  ['resets its stream with INTERNAL_ERROR', ({ stream }) => stream.reset(constants.NGHTTP2_INTERNAL_ERROR)],
  ['ends its side of the stream', ({ stream }) => stream.endRequests()],
  ['says GOAWAY with an error', ({ peer }) => peer.session.goaway(constants.NGHTTP2_INTERNAL_ERROR)],
  ['says GOAWAY and closes', ({ peer }) => peer.session.destroy()],
  ['writes what is no HTTP/2', ({ peer }) => void peer.socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(9))],
])('a client that %s frees what it held', async (_, die) => {
  const bus = await startBus();
  const held = await hold(bus);
  die(held);
  await expectHandover(bus);
});

it('a client that says GOAWAY, and means it well, keeps its stream and may settle what it holds', async () => {
  const bus = await startBus();
  const { peer, stream } = await hold(bus);
  peer.session.goaway(constants.NGHTTP2_NO_ERROR);
  await bus.send(AGENT, 'm-4');
  const [last] = await taken(stream, 1);
  expect(last).toMatchObject({ attempt: 1, message: { messageId: 'm-4' } });
  stream.say({ case: 'ack', value: { deliveryIds: [last?.deliveryId ?? ''] } });
  expect((await stream.nextOf('settleResult')).deliveryIds).toEqual([last?.deliveryId]);
  peer.leave();
  await expectHandover(bus);
});

it('a stream that ends leaves the other streams of its connection alone', async () => {
  const bus = await startBus();
  const { peer, stream } = await hold(bus);
  const other = peer.open();
  other.say(hello('codex://neighbour'));
  await other.nextOf('welcome');
  stream.reset(constants.NGHTTP2_CANCEL);
  await expectHandover(bus);
  await bus.send('codex://neighbour', 'n-1');
  expect((await other.nextOf('delivery')).deliveries).toMatchObject([{ attempt: 1, message: { messageId: 'n-1' } }]);
});

it('a process that is killed frees what it held, until the fifth delivery makes dead letters of it', async () => {
  const bus = await startBus();
  await bus.register(AGENT);
  await bus.send(AGENT, 'm-1');
  for (let attempt = 1; attempt <= 5; attempt++) {
    const args = [PROGRAM, bus.address, bus.apiKey, AGENT, `process-${attempt}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    for await (const line of createInterface(child.stdout)) if (line === 'took m-1') break;
    expect(await bus.status('m-1')).toMatchObject({ state: 'MESSAGE_STATE_DELIVERED', attempt });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await expect
    .poll(() => bus.status('m-1'))
    .toMatchObject({
      state: 'MESSAGE_STATE_DEAD_LETTERED',
      attempt: 5,
      reason: 'delivery attempts exhausted: the receiver went away',
    });
});
