import { RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Ledger } from '../ledger/ledger.ts';
import {
  acceptedSince,
  confirmedSettlement,
  type DeliveryFact,
  type MessageFacts,
  nameOf,
  type SettlementFact,
} from '../ledger/message-facts.ts';
import type { Violation, ViolationKind } from '../ledger/violation.ts';

/** Everything that can be said of one message at any moment, whatever is still under way. */
export function checkMessage(message: MessageFacts, ledger: Ledger): Violation[] {
  const deliveries = inOrderOfLease(message.deliveries);
  const found = [
    ...checkSends(message),
    ...checkEndsOfDelivery(message),
    ...checkMarks(deliveries, message),
    ...checkCauses(deliveries, message, ledger),
    ...checkOneReceiver(deliveries, message, ledger),
  ];
  return found.map(({ kind, text }) => ({ kind, text, subject: nameOf(message), evidence: message }));
}

interface Finding {
  readonly kind: ViolationKind;
  readonly text: string;
}

/** A repeat is a duplicate, with the time of the first one; a first one is not. */
function* checkSends(message: MessageFacts): Iterable<Finding> {
  const kind = 'repeat not recognized';
  const since = acceptedSince(message);
  const [first] = message.sends;
  if (first?.answer === 'duplicate')
    yield { kind, text: 'a message that was never sent before was answered as a duplicate' };
  if (message.sends.filter(({ answer }) => answer === 'accepted').length > 1)
    yield { kind, text: 'a message was accepted as new twice' };
  for (const send of message.sends) {
    if (since === undefined || send.attempted < since || send.confirmed === undefined) continue;
    if (send.answer !== 'duplicate') yield { kind, text: 'a message was accepted, and a repeat of it as well' };
  }
  const times = new Set(message.sends.flatMap(({ acceptedAt }) => acceptedAt ?? []));
  if (times.size > 1) yield { kind, text: 'repeats of a message name different times since which it is on disk' };
}

/** After the bus has confirmed that a message is settled, nobody gets it. */
function* checkEndsOfDelivery(message: MessageFacts): Iterable<Finding> {
  const acknowledged = confirmedSettlement(message, 'acknowledge');
  const dropped = confirmedSettlement(message, 'drop');
  for (const delivery of message.deliveries) {
    if (acknowledged !== undefined && isAfter(delivery, acknowledged))
      yield { kind: 'acknowledged message redelivered', text: 'delivered after its acknowledgement was confirmed' };
    if (dropped !== undefined && isAfter(delivery, dropped) && !mayBeRedelivered(message, delivery.order))
      yield { kind: 'dropped message redelivered', text: 'delivered after its recipient had dropped it, confirmed' };
  }
}

/** Whether somebody asked for its dead letter to be delivered again before order number `order`: deliveries count anew. */
function mayBeRedelivered({ settlements }: MessageFacts, order: number, since = 0): boolean {
  return settlements.some(
    ({ kind, attempted, refused }) =>
      kind === 'redeliver' && refused === undefined && attempted > since && attempted < order,
  );
}

/**
 * Whether the bus gave the delivery out after it had confirmed the settlement. Within one run of the bus the order of arrival
 * does not tell: an older delivery, whose lease had run out, may have waited on another connection. Its lease was
 * over before the settlement could be confirmed, and that does tell.
 */
function isAfter(delivery: DeliveryFact, { confirmed, run, answeredAt }: SettlementFact): boolean {
  if (delivery.run !== run) return delivery.run > run;
  return delivery.order > (confirmed ?? Infinity) && delivery.leaseExpiresAt > (answeredAt ?? 0);
}

/** REDELIVERY_REASON_UNSPECIFIED promises that a delivery is certainly the first one. */
function* checkMarks(deliveries: readonly DeliveryFact[], message: MessageFacts): Iterable<Finding> {
  const kind = 'unmarked duplicate';
  for (const [index, { because, attempt, run, order }] of deliveries.entries()) {
    if (because === RedeliveryReason.UNSPECIFIED && (index > 0 || attempt !== 1))
      yield { kind, text: `delivery ${index + 1}, attempt ${attempt}, says that it is certainly the first` };
    const earlier = deliveries[index - 1];
    if (earlier === undefined || earlier.run !== run || mayBeRedelivered(message, order, earlier.order)) continue;
    if (earlier.attempt >= attempt)
      yield { kind, text: `attempt ${earlier.attempt} was followed by attempt ${attempt} in the same run of the bus` };
  }
  if (new Set(deliveries.map(({ deliveryId }) => deliveryId)).size !== deliveries.length)
    yield { kind, text: 'a delivery id was given out twice' };
}

/** Whether no delivery came between the two that arrived nowhere, such as at a call that was given up. */
function isNext(earlier: DeliveryFact, later: DeliveryFact): boolean {
  return earlier.run === later.run && earlier.attempt + 1 === later.attempt;
}

const PUT_BACK: ReadonlySet<SettlementFact['kind']> = new Set(['requeue', 'redeliver']);

/** Each reason that a delivery names must have happened before. */
function* checkCauses(deliveries: readonly DeliveryFact[], message: MessageFacts, ledger: Ledger): Iterable<Finding> {
  const kind = 'redelivered without cause';
  const firstSent = message.sends[0];
  for (const [index, delivery] of deliveries.entries()) {
    const before = deliveries[index - 1];
    switch (delivery.because) {
      case RedeliveryReason.REJECTED:
        if (!message.settlements.some((one) => PUT_BACK.has(one.kind) && one.attempted < delivery.order))
          yield { kind, text: 'nobody had put it back' };
        break;
      case RedeliveryReason.BUS_RESTARTED:
        if (firstSent !== undefined && firstSent.run >= delivery.run)
          yield { kind, text: 'the bus had not restarted since it was sent' };
        break;
      case RedeliveryReason.STREAM_CLOSED:
        if ((ledger.firstEndOf(message.recipient) ?? Infinity) > delivery.order && delivery.run === 1)
          yield { kind, text: 'no stream of its recipient had ended' };
        break;
      case RedeliveryReason.LEASE_EXPIRED:
        if (before !== undefined && isNext(before, delivery) && before.leaseExpiresAt > delivery.leasedAt)
          yield { kind, text: 'the lease before had not run out' };
        break;
    }
  }
}

/** While a delivery is neither settled nor over, nobody else gets the message. */
function* checkOneReceiver(
  deliveries: readonly DeliveryFact[],
  message: MessageFacts,
  ledger: Ledger,
): Iterable<Finding> {
  for (const [index, later] of deliveries.entries()) {
    const earlier = deliveries[index - 1];
    if (earlier === undefined || earlier.run !== later.run || later.leasedAt >= earlier.leaseExpiresAt) continue;
    const givenBack = message.settlements.some(
      ({ kind, deliveryId }) => (kind === 'requeue' || kind === 'drop') && deliveryId === earlier.deliveryId,
    );
    const streamEnded = (ledger.connectionEnded(earlier.connection) ?? Infinity) < later.order;
    if (!givenBack && !streamEnded)
      yield {
        kind: 'two receivers at once',
        text: `delivery ${index + 1} was given out while delivery ${index} was held`,
      };
  }
}

/** Arrivals of different connections may overtake each other; leases of one message follow each other. */
function inOrderOfLease(deliveries: readonly DeliveryFact[]): DeliveryFact[] {
  return deliveries.toSorted(
    (one, other) => one.run - other.run || one.leasedAt - other.leasedAt || one.order - other.order,
  );
}
