import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { BusScenario } from '../../peer.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { messageTemplate } from '../numbered-message.ts';
import { openUnaryCalls } from '../unary-calls.ts';
import { asRounds } from './as-rounds.ts';
import type { LoadOrder } from './order.ts';
import { createSendRequests, SEND_PATH } from './send-requests.ts';

/** Ids that one frame acknowledges: the calls are what is measured. */
const ACK_BATCH = 64;

/** Senders that make a gRPC call for each message; what they send is taken and acknowledged on streams. */
export function connectUnary(order: LoadOrder<BusScenario>): Promise<Load> {
  return connectPairs({ ...order, scenario: asRounds(order.scenario), connect: (pair) => connectPair(order, pair) });
}

async function connectPair(order: LoadOrder<BusScenario>, { pair, most, ledger }: PairOrder): Promise<ConnectedPair> {
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const template = messageTemplate({ prefix: `${order.run}-${pair}`, from, to, bytes: order.scenario.bytes });
  const requests = createSendRequests(template);
  const { delivered, acknowledged } = ledger;
  const receiver = openLoadReceiver({
    ...order,
    agentId: to,
    maxInFlight: most,
    batch: ACK_BATCH,
    delivered,
    acknowledged,
  });
  await receiver.ready;
  const calls = openUnaryCalls(order);
  return {
    send: (message) => calls.call(SEND_PATH, requests(message), () => ledger.accepted(message, performance.now())),
    close() {
      calls.close();
      receiver.close();
    },
  };
}
