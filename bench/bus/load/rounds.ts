import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { RoundsScenario } from '../../peer.ts';
import { createSendFrames } from '../frames.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { openLoadStream } from '../load-stream.ts';
import { messageTemplate } from '../numbered-message.ts';
import type { LoadOrder } from './order.ts';

/** Most that a stream may ask to hold. */
const MAX_IN_FLIGHT = 10_000;

/** Pairs of agents, one sending and one receiving, each on a connection of its own. */
export function connectRounds(order: LoadOrder<RoundsScenario>): Promise<Load> {
  return connectPairs({ ...order, connect: (pair) => connectPair(order, pair) });
}

async function connectPair(
  order: LoadOrder<RoundsScenario>,
  { pair, most, ledger }: PairOrder,
): Promise<ConnectedPair> {
  const { bytes, content = 'bytes', batch } = order.scenario;
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const template = messageTemplate({ prefix: `${order.run}-${pair}`, from, to, bytes, content });
  const frames = createSendFrames(template, batch);
  const receiver = openLoadReceiver({
    ...order,
    agentId: to,
    maxInFlight: Math.min(most, MAX_IN_FLIGHT),
    batch,
    delivered: ledger.delivered,
    acknowledged: ledger.acknowledged,
  });
  const sender = openLoadStream({
    ...order,
    agentId: from,
    maxInFlight: 0,
    listener: { accepted: (message) => ledger.accepted(message, performance.now()) },
  });
  await Promise.all([receiver.ready, sender.ready]);
  return {
    send: (first, count) => sender.write(frames.frame(first, count)),
    close() {
      sender.close();
      receiver.close();
    },
  };
}
