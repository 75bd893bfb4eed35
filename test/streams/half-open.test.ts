import { constants } from 'node:http2';
import { expect, it, onTestFinished } from 'vitest';
import { connectAgent } from '../../src/client/index.ts';
import { type CuttingNetwork, createCuttingNetwork, type Direction } from './cutting-network.ts';
import { hello } from './raw-peer.ts';
import type { RawStream } from './raw-stream.ts';
import { type StartedBus, startBus } from './start-bus.ts';

// Goal: a connection that is dead and does not say so is found out by both sides, whichever direction is lost; its mail
// goes to others, and nothing of it stays.
// Method: a network that swallows what it is given, with no FIN and no RST; heartbeats and pings of some hundred
// milliseconds. Leases of an hour, so that they free nothing.

const AGENT = 'codex://worker';
const BOTH: Direction[] = ['toBus', 'toClient'];
const QUICK = { heartbeatIntervalMs: 400, limits: { pingAfterMs: 300, pingTimeoutMs: 300, oneWayTimeoutMs: 900 } };
const SLOW = { timeout: 20_000 };

async function behindNetwork(bus: StartedBus): Promise<CuttingNetwork> {
  const network = await createCuttingNetwork({ target: bus.address });
  onTestFinished(() => network.close());
  return network;
}

/** Says something now and then, as a client does that does not look whether it hears anything. */
function beat(stream: RawStream): void {
  const timer = setInterval(() => stream.say({ case: 'heartbeat', value: {} }), 100);
  onTestFinished(() => clearInterval(timer));
}

/** A client that beats and holds one message, behind a network of its own. */
async function hold(bus: StartedBus) {
  const network = await behindNetwork(bus);
  const peer = await bus.connect({ address: network.address });
  const stream = peer.open();
  stream.say(hello(AGENT, { instanceId: 'lost' }));
  await stream.nextOf('welcome');
  beat(stream);
  await bus.send(AGENT, 'm-1');
  await stream.nextOf('delivery');
  return { network, stream };
}

async function expectHandover(bus: StartedBus): Promise<void> {
  const other = (await bus.connect()).open();
  other.say(hello(AGENT, { instanceId: 'other' }));
  beat(other);
  expect((await other.nextOf('delivery')).deliveries).toMatchObject([
    { attempt: 2, redeliveredBecause: 2, message: { messageId: 'm-1' } },
  ]);
  // That of the other alone is left.
  await expect.poll(() => bus.metric('open_streams'), SLOW).toBe(1);
}

it.each<[string, Direction[]]>([
  ['in both directions', BOTH],
  ['towards the bus', ['toBus']],
  ['towards the client', ['toClient']],
])('the bus finds out that a connection is dead %s, and gives its mail to others', async (_, directions) => {
  const bus = await startBus(QUICK);
  const { network } = await hold(bus);
  network.swallow(...directions);
  await expectHandover(bus);
  // The socket goes as well, at the latest when a ping is not answered.
  await expect.poll(() => network.open.bus, SLOW).toBe(0);
});

it('a connection on which no call is open is found out too', async () => {
  const bus = await startBus(QUICK);
  const network = await behindNetwork(bus);
  const stream = (await bus.connect({ address: network.address })).open();
  stream.say(hello(AGENT));
  await stream.nextOf('welcome');
  stream.reset(constants.NGHTTP2_CANCEL);
  await expect.poll(() => bus.metric('open_streams')).toBe(0);
  network.swallow(...BOTH);
  await expect.poll(() => network.open.bus, SLOW).toBe(0);
});

it('what waits for a dead client is given to others and let go of', async () => {
  const bus = await startBus(QUICK);
  const { network } = await hold(bus);
  network.swallow(...BOTH);
  // More than fits the windows and the sockets: the rest waits in the queue of the stream.
  const data = Buffer.alloc(200_000).toString('base64');
  for (let n = 0; n < 20; n++) await bus.send(AGENT, `large-${n}`, { data, content_type: 'application/octet-stream' });
  await expect.poll(() => bus.metric('open_streams'), SLOW).toBe(0);
  const other = (await bus.connect({ windowBytes: 8 * 1024 * 1024 })).open();
  other.say(hello(AGENT, { instanceId: 'other' }));
  beat(other);
  const seen: string[] = [];
  while (seen.length < 21)
    for (const { message, attempt, redeliveredBecause } of (await other.nextOf('delivery')).deliveries) {
      seen.push(message?.messageId ?? '');
      // What never left the queue was never delivered, and is not marked.
      expect(redeliveredBecause).toBe(attempt === 1 ? 0 : 2);
    }
  expect(seen).toEqual(['m-1', ...Array.from({ length: 20 }, (_, n) => `large-${n}`)]);
  await expect.poll(() => network.open.bus, SLOW).toBe(0);
});

it.each<[string, Direction[]]>([
  ['in both directions', BOTH],
  ['towards the bus', ['toBus']],
  ['towards the client', ['toClient']],
])(
  'the TypeScript client finds out that its connection is dead %s, and is back with what it had',
  async (_, directions) => {
    const bus = await startBus(QUICK);
    const network = await behindNetwork(bus);
    const handled: string[] = [];
    const finish = Promise.withResolvers<void>();
    const agent = connectAgent({
      address: network.address,
      apiKey: bus.apiKey,
      agentId: AGENT,
      backoff: { initialDelayMs: 20, maxDelayMs: 100 },
      async onMessage({ messageId }) {
        handled.push(messageId);
        if (messageId === 'm-1') await finish.promise;
      },
    });
    onTestFinished(() => agent.close());
    await agent.ready();
    await bus.send(AGENT, 'm-1');
    await expect.poll(() => handled).toEqual(['m-1']);
    network.swallow(...directions);
    await bus.send(AGENT, 'm-2');
    await expect.poll(() => handled, SLOW).toEqual(['m-1', 'm-2']);
    await expect.poll(() => network.connections, SLOW).toBeGreaterThan(1);
    await expect.poll(() => agent.status.state, SLOW).toBe('online');
    finish.resolve();
    // Handled once, and settled on the connection that works.
    await expect.poll(() => bus.engine.mailboxes.totalDepth().messages, SLOW).toBe(0);
    expect(handled).toEqual(['m-1', 'm-2']);
    await expect.poll(() => network.open, SLOW).toEqual({ bus: 1, clients: 1 });
  },
);

it('a client that says nothing is gone after two heartbeats, though its connection answers pings', async () => {
  const bus = await startBus(QUICK);
  const stream = (await bus.connect()).open();
  stream.say(hello(AGENT));
  await stream.nextOf('welcome');
  expect(await stream.ended).toEqual({ by: 'bus', code: 'DeadlineExceeded', reason: 'HEARTBEAT_TIMEOUT' });
});
