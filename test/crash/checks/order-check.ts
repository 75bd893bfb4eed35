import { RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { type DeliveryFact, type MessageFacts, nameOf } from '../ledger/message-facts.ts';
import type { Violation } from '../ledger/violation.ts';

/** Holds first deliveries to the order in which their sender sent them, within one recipient and priority. */
export interface OrderCheck {
  /** Looks at messages that were delivered since the last call. */
  check(messages: readonly MessageFacts[]): Violation[];
}

/**
 * Only for mailboxes whose one receiver takes all that it is given. With several, deliveries of two of them have no order that
 * anybody could see; and what was meant for a call or a stream that went away comes back later, when others have overtaken it.
 * Redeliveries are left out: a message that was given back comes later than those that overtook it meanwhile.
 */
export function createOrderCheck(showsOrder: (agentId: string) => boolean): OrderCheck {
  const newest = new Map<string, { readonly place: number; readonly order: number; readonly messageId: string }>();
  let checkedTo = 0;
  return {
    check(messages) {
      const firsts = messages.flatMap((message) => {
        const first = message.deliveries.find(isFirst);
        return first !== undefined && first.order > checkedTo && showsOrder(message.recipient)
          ? [{ message, order: first.order }]
          : [];
      });
      const violations: Violation[] = [];
      for (const { message, order } of firsts.toSorted((one, other) => one.order - other.order)) {
        const lane = `${message.sender} ${message.recipient} ${message.priority}`;
        const before = newest.get(lane);
        if (before !== undefined && before.place > message.place) {
          const text = `first delivered after ${before.messageId}, which was sent later with the same priority`;
          violations.push({ kind: 'out of order', text, subject: nameOf(message), evidence: { message, before } });
        }
        newest.set(lane, { place: message.place, order, messageId: message.messageId });
        checkedTo = Math.max(checkedTo, order);
      }
      return violations;
    },
  };
}

function isFirst({ because, attempt }: DeliveryFact): boolean {
  return because === RedeliveryReason.UNSPECIFIED && attempt === 1;
}
