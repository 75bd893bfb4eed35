import { connectAgent, MessageType } from '../../../src/client/index.ts';
import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { BusScenario } from '../../peer.ts';
import { messageIdOf } from '../numbered-message.ts';
import { asRounds } from './as-rounds.ts';
import type { LoadOrder } from './order.ts';

/**
 * Pairs of the client for TypeScript as programs use it. It does not tell when its acknowledgements are on disk, so that a round ends with the handler; the
 * mailboxes, which have to be empty at the end, tell whether they are.
 */
export function connectTyped(order: LoadOrder<BusScenario>): Promise<Load> {
  return connectPairs({ ...order, scenario: asRounds(order.scenario), connect: (pair) => connectPair(order, pair) });
}

async function connectPair(
  { address, apiKey, run, scenario }: LoadOrder<BusScenario>,
  { pair, most, ledger }: PairOrder,
): Promise<ConnectedPair> {
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const prefix = `${run}-${pair}`;
  const data = new Uint8Array(scenario.bytes).fill(7);
  const receiver = connectAgent({
    address,
    apiKey,
    agentId: to,
    maxInFlight: most,
    onMessage({ messageId }) {
      const [message, now] = [Number(messageId.slice(prefix.length + 1)), performance.now()];
      if (ledger.delivered(message, now)) ledger.acknowledged(message, now);
    },
  });
  const sender = connectAgent({ address, apiKey, agentId: from });
  await Promise.all([receiver.ready(), sender.ready()]);

  async function sendOne(message: number): Promise<void> {
    await sender.send({
      to,
      type: MessageType.NOTIFICATION,
      messageId: messageIdOf(prefix, message),
      data,
      contentType: 'application/octet-stream',
    });
    ledger.accepted(message, performance.now());
  }

  return {
    // What a send rejects with ends the process.
    send: (message) => void sendOne(message),
    async close() {
      await Promise.all([sender.drain(), receiver.drain()]);
    },
  };
}
