import type { Random } from '../../../src/lib/random.ts';
import { hello } from '../raw-peer.ts';
import type { RawStream } from '../raw-stream.ts';
import type { Ledger } from './ledger.ts';
import { keepConnected, type Reconnecting } from './reconnecting.ts';

export interface ReceiverOptions {
  readonly address: string;
  readonly apiKey: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly random: Random;
  readonly ledger: Ledger;
}

/** Deliveries that it may hold at a time: few, so that no more than these come twice. */
const CREDIT = 8;

/**
 * Acknowledges everything, at once or some messages later, and follows the session on the same stream, from the last event that
 * it has seen on.
 */
export function startReceiver({ agentId, sessionId, random, ledger, ...where }: ReceiverOptions): Reconnecting {
  let held: string[] = [];
  let lastEvent = 0;
  const acknowledge = (stream: RawStream): void => {
    if (held.length === 0) return;
    stream.say({ case: 'ack', value: { deliveryIds: held } });
    ledger.acknowledged(held);
    held = [];
  };
  const receiver = keepConnected({
    ...where,
    hello() {
      held = [];
      ledger.lostStream(agentId);
      const watchSessions = [{ sessionId, afterSequence: BigInt(lastEvent) }];
      return hello(agentId, { maxInFlight: CREDIT, watchSessions });
    },
    welcomed() {},
    received(frame, stream) {
      if (frame.case === 'delivery') {
        for (const delivery of frame.value.deliveries) {
          ledger.delivered(agentId, delivery, receiver.connection);
          held.push(delivery.deliveryId);
          if (random.next() < 0.4) acknowledge(stream);
        }
      } else if (frame.case === 'settleResult') {
        ledger.confirmed(frame.value.deliveryIds);
        ledger.stale(frame.value.staleDeliveryIds);
      } else if (frame.case === 'sessionEvent') {
        for (const { sequence, body } of frame.value.events) {
          lastEvent = Number(sequence);
          const sent = body.case === 'messageSent' ? `${body.value.sender} ${body.value.messageId}` : undefined;
          ledger.followed(agentId, lastEvent, sent);
        }
      } else if (frame.case === 'error') {
        ledger.wrong(`the bus refused a frame of ${agentId}: ${frame.value.error?.message}`);
      }
    },
    idle: acknowledge,
    refused: (text) => ledger.wrong(`the bus ended a stream of ${agentId}: ${text}`),
  });
  return receiver;
}
