import { create } from '@bufbuild/protobuf';
import { DeliveryMode, MessageType, RoutingSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { BusScenario } from '../../peer.ts';
import { createSendFrames } from '../frames.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { openLoadStream } from '../load-stream.ts';
import { messageTemplate } from '../numbered-message.ts';
import { openUnaryCalls } from '../unary-calls.ts';
import { asRounds } from './as-rounds.ts';
import type { LoadOrder } from './order.ts';
import { createSendRequests, SEND_PATH } from './send-requests.ts';

const ACK_BATCH = 64;

/** Callers that wait for the answer to a task in the call that sends it, and agents that answer at once. */
export function connectSync(order: LoadOrder<BusScenario>): Promise<Load> {
  return connectPairs({ ...order, scenario: asRounds(order.scenario), connect: (pair) => connectPair(order, pair) });
}

async function connectPair(order: LoadOrder<BusScenario>, { pair, most, ledger }: PairOrder): Promise<ConnectedPair> {
  const { run, scenario } = order;
  const { bytes } = scenario;
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const [asked, answered] = [`${run}-${pair}`, `${run}-answer-${pair}`];
  const routing = create(RoutingSchema, { deliveryMode: DeliveryMode.SYNC });
  const task = { messageType: MessageType.TASK_REQUEST, routing };
  const requests = createSendRequests(messageTemplate({ prefix: asked, from, to, bytes, more: task }));
  const response = { messageType: MessageType.TASK_RESPONSE };
  const answers = createSendFrames(
    messageTemplate({ prefix: answered, from: to, to: from, bytes, answers: asked, more: response }),
    1,
  );
  const worker = openLoadReceiver({
    ...order,
    agentId: to,
    maxInFlight: most,
    batch: ACK_BATCH,
    delivered(message, now) {
      worker.write(answers.frame(message, 1));
      return ledger.delivered(message, now);
    },
    // The call says when the round is over.
    acknowledged: () => undefined,
  });
  // An answer goes to an agent that is known.
  const caller = openLoadStream({ ...order, agentId: from, maxInFlight: 0, listener: {} });
  await Promise.all([worker.ready, caller.ready]);
  const calls = openUnaryCalls(order);
  return {
    send(message) {
      calls.call(SEND_PATH, requests(message), () => {
        const now = performance.now();
        ledger.accepted(message, now);
        ledger.acknowledged(message, now);
      });
    },
    isIdle: () => worker.acknowledging === 0,
    close() {
      calls.close();
      worker.close();
      caller.close();
    },
  };
}
