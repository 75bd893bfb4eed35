import { expect, it, onTestFinished } from 'vitest';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { createSeededRandom } from '../client/seeded-random.ts';
import { type Cut, createCuttingNetwork, type Direction } from './cutting-network.ts';
import { hello } from './raw-peer.ts';
import type { Frame, FrameInit, RawStream } from './raw-stream.ts';
import { type StartedBus, startBus } from './start-bus.ts';
import { wholeFrames } from './whole-frames.ts';

// Goal: wherever a connection breaks, a frame that has not arrived whole has no effect, and one that has, and whose
// answer was lost, is answered as a duplicate when it is repeated.
// Method: one short exchange, hello, a message to oneself and its acknowledgement, is cut behind each of its bytes, in
// both directions, and then repeated on a connection that lasts; a long one with frames of a megabyte at bytes that a seed chooses.

const SEED = 11;

interface Exchange {
  readonly agentId: string;
  readonly messageId: string;
  readonly size?: number;
}

function sendFrame({ agentId, messageId, size = 0 }: Exchange): FrameInit {
  const message = {
    messageId,
    sender: { agentId },
    recipient: { target: { case: 'agentId' as const, value: agentId } },
    messageType: MessageType.NOTIFICATION,
    contentType: 'application/octet-stream',
    content: { case: 'data' as const, value: new Uint8Array(size) },
  };
  return { case: 'send', value: { messages: [message] } };
}

const WHOLE = ['sendResult', 'settleResult'];

/** Speaks until the stream is over, or frames of these kinds were there; returns those that arrived whole. */
async function exchange(stream: RawStream, spoken: Exchange, until: readonly string[] = WHOLE): Promise<Frame[]> {
  stream.say(hello(spoken.agentId));
  stream.say(sendFrame(spoken));
  const seen: Frame[] = [];
  for await (const frame of stream.frames()) {
    seen.push(frame);
    if (frame.case === 'delivery') {
      const deliveryIds = frame.value.deliveries.map(({ deliveryId }) => deliveryId);
      stream.say({ case: 'ack', value: { deliveryIds } });
    }
    if (until.every((name) => seen.some((one) => one.case === name))) break;
  }
  return seen;
}

const outcomeOf = (frames: readonly Frame[]): string | undefined =>
  frames.flatMap((frame) => (frame.case === 'sendResult' ? frame.value.results : []))[0]?.outcome.case;

const deliveriesOf = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.case === 'delivery' ? frame.value.deliveries : []));

/** One exchange over a network that breaks it, and then again over one that does not. */
async function cutAndRepeat(bus: StartedBus, spoken: Exchange, cut: Cut): Promise<void> {
  const where = `${cut.how} behind byte ${cut.afterBytes} ${cut.direction}`;
  const arrived: Buffer[] = [];
  const network = await createCuttingNetwork({
    target: bus.address,
    cutOf: () => cut,
    passed: (_, direction, bytes) => void (direction === 'toBus' && arrived.push(Buffer.from(bytes))),
  });
  const seen: Frame[] = [];
  // A connection that breaks while it is made has said nothing.
  const peer = await bus.connect({ address: network.address }).catch(() => undefined);
  if (peer !== undefined) seen.push(...(await exchange(peer.open(), spoken)));
  await network.close();
  // The bus has seen the end of the connection, and what it was writing then is on disk.
  await expect.poll(() => bus.metric('open_streams'), { interval: 1 }).toBe(0);
  await bus.bus.flush();

  const [, sendArrived] = wholeFrames(Buffer.concat(arrived));
  const status = await bus.status(spoken.messageId, spoken.agentId);
  if (sendArrived === undefined) expect(status, where).toBeUndefined();
  if (outcomeOf(seen) !== undefined) expect(status, where).toBeDefined();
  const wasDone = status?.state === 'MESSAGE_STATE_ACKNOWLEDGED';
  if (seen.some((frame) => frame.case === 'settleResult')) expect(wasDone, where).toBe(true);
  const again = await bus.connect();
  const repeated = await exchange(again.open(), spoken, wasDone ? ['sendResult'] : WHOLE);
  expect(outcomeOf(repeated), where).toBe(status === undefined ? 'accepted' : 'duplicate');
  const deliveries = deliveriesOf(repeated);
  expect(deliveries.length, where).toBe(wasDone ? 0 : 1);
  for (const { message, attempt, redeliveredBecause } of deliveries) {
    expect(message?.messageId, where).toBe(spoken.messageId);
    if (deliveriesOf(seen).length > 0) expect(attempt, where).toBe(2);
    expect(redeliveredBecause, where).toBe(attempt === 1 ? 0 : 2);
  }
  expect((await bus.status(spoken.messageId, spoken.agentId))?.state, where).toBe('MESSAGE_STATE_ACKNOWLEDGED');
  again.leave();
  await expect.poll(() => bus.metric('open_streams'), { interval: 1 }).toBe(0);
}

/** Bytes that a whole exchange takes, each way. */
async function measure(bus: StartedBus, spoken: Exchange): Promise<Record<Direction, number>> {
  const bytes = { toBus: 0, toClient: 0 };
  const network = await createCuttingNetwork({
    target: bus.address,
    passed(_, direction, passed) {
      bytes[direction] += passed.length;
    },
  });
  onTestFinished(() => network.close());
  const peer = await bus.connect({ address: network.address });
  await exchange(peer.open(), spoken);
  peer.leave();
  await expect.poll(() => bus.metric('open_streams'), { interval: 1 }).toBe(0);
  return bytes;
}

it.each<Direction>(['toBus', 'toClient'])(
  'a short exchange may break behind any of its bytes %s',
  { timeout: 240_000 },
  async (direction) => {
    const bus = await startBus();
    const bytes = await measure(bus, { agentId: 'codex://measure', messageId: 'm' });
    for (let afterBytes = 0; afterBytes <= bytes[direction]; afterBytes++) {
      const spoken = { agentId: 'codex://agent', messageId: `m-${afterBytes}` };
      await cutAndRepeat(bus, spoken, { direction, afterBytes, how: afterBytes % 2 === 0 ? 'end' : 'reset' });
    }
  },
);

it(`frames of a megabyte may break anywhere (seed ${SEED})`, { timeout: 240_000 }, async () => {
  const bus = await startBus();
  const random = createSeededRandom(SEED);
  const size = 1_000_000;
  const bytes = await measure(bus, { agentId: 'codex://measure', messageId: 'm', size });
  for (let round = 0; round < 20; round++) {
    const direction = round % 2 === 0 ? 'toBus' : 'toClient';
    const afterBytes = Math.floor(random.next() * bytes[direction]);
    const spoken = { agentId: 'codex://agent', messageId: `m-${round}`, size };
    await cutAndRepeat(bus, spoken, { direction, afterBytes, how: random.next() < 0.5 ? 'end' : 'reset' });
  }
});
