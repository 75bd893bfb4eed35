import { RedeliveryReason } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import type { DeliveryFact, MessageFacts, SendFact, SettlementFact } from './ledger/message-facts.ts';
import { type ChangeFact, type EventFact, newSessionFacts, type SessionFacts } from './ledger/session-facts.ts';

/** A ledger that is written by hand: what clients would have entered in one course of events. Time counts a second a step. */
export interface History {
  readonly ledger: Ledger;
  message(recipient?: string): MessageFacts;
  /** Sent, with this answer; `undefined` if none came. */
  send(message: MessageFacts, answer: SendFact['answer'], acceptedAt?: number): void;
  deliver(message: MessageFacts, delivery?: Partial<DeliveryFact>): DeliveryFact;
  /** Settled the delivery, with this answer; `undefined` if none came. */
  settle(message: MessageFacts, delivery: DeliveryFact, settlement: Settled): void;
  /** The bus was killed and started again. */
  restart(): void;
  session(): SessionFacts;
  change(
    session: SessionFacts,
    change: Pick<ChangeFact, 'kind' | 'subject' | 'expectedRevision'>,
    answer: Answer,
  ): void;
  event(session: SessionFacts, event: Partial<EventFact> & { readonly kind: string }, sequence?: number): void;
}

export type Answer = 'confirmed' | 'refused' | undefined;

export interface Settled {
  readonly kind: SettlementFact['kind'];
  readonly answer: Answer;
}

export const LEASE_MS = 1_000;

export function createHistory(): History {
  const ledger = createLedger();
  ledger.beginRun();
  let names = 0;
  let seconds = 0;
  const now = (): number => ++seconds * 1_000;
  const answered = (asked: SettlementFact | ChangeFact, answer: Answer): void => {
    if (answer === 'confirmed') ledger.confirm(asked);
    if (answer === 'refused') ledger.refuse(asked);
  };
  return {
    ledger,
    message: (recipient = 'crash://desk') =>
      ledger.addMessage({ sender: 'crash://writer', messageId: `m-${++names}`, recipient, priority: 2, size: 10 }),
    send(message, answer, acceptedAt = 1) {
      const send: SendFact = ledger.ask({});
      message.sends.push(send);
      ledger.changed(message);
      if (answer === undefined) return;
      ledger.confirm(send);
      Object.assign(send, { answer, acceptedAt });
    },
    deliver(message, delivery = {}) {
      const leasedAt = delivery.leasedAt ?? now();
      const fact: DeliveryFact = {
        order: ledger.tick(),
        run: ledger.run,
        deliveryId: `d-${++names}`,
        attempt: 1,
        because: RedeliveryReason.UNSPECIFIED,
        connection: 0,
        ...delivery,
        leasedAt,
        leaseExpiresAt: leasedAt + LEASE_MS,
      };
      message.deliveries.push(fact);
      ledger.changed(message);
      return fact;
    },
    settle(message, { deliveryId, leasedAt }, { kind, answer }) {
      const settlement: SettlementFact = ledger.ask({ kind, deliveryId });
      message.settlements.push(settlement);
      answered(settlement, answer);
      if (answer !== undefined) settlement.answeredAt = leasedAt + 1;
      ledger.changed(message);
    },
    restart: () => void ledger.beginRun(),
    session() {
      const session = newSessionFacts('sess_a', 'crash://lead');
      ledger.sessions.set(session.sessionId, session);
      return session;
    },
    change(session, change, answer) {
      const fact: ChangeFact = ledger.ask(change);
      session.changes.push(fact);
      answered(fact, answer);
    },
    event(session, event, sequence = session.lastSequence + 1) {
      session.events.set(sequence, { digest: `${sequence}`, subject: '', revision: 0, ...event });
      session.lastSequence = Math.max(session.lastSequence, sequence);
    },
  };
}
