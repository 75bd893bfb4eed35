import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Delivery } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { type Choices, hashOf } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type MessageFacts, nameOf, type SettlementFact } from '../ledger/message-facts.ts';
import type { BusRun } from './bus-run.ts';
import { isWhatWasSent } from './message-content.ts';

/** What a receiver is going to do with a delivery. */
export type Plan =
  | { readonly kind: 'acknowledge' | 'drop' | 'extend' }
  | { readonly kind: 'requeue'; readonly delayMs: number }
  /** Nothing: the lease runs out. */
  | { readonly kind: 'leave' }
  /** An acknowledgement after the lease has run out. */
  | { readonly kind: 'late'; readonly delayMs: number };

/** A delivery in the hands of a receiver. */
export interface Held {
  readonly message: MessageFacts;
  readonly deliveryId: string;
  readonly plan: Plan;
}

/** The part of a receiver that is the same whichever way mail comes. */
export interface Receiver {
  readonly agentId: string;
  /** Enters deliveries into the ledger and decides about each. What nobody sent is reported and left alone. */
  take(deliveries: readonly Delivery[], from: Source): Held[];
  /** A settlement is about to be asked for. */
  begin(held: readonly Held[], kind: SettlementFact['kind']): SettlementFact[];
  /** The bus has answered: these are stale, all others of the call took effect. */
  answered(settlements: readonly SettlementFact[], staleIds: readonly string[]): void;
}

export interface Source {
  readonly bus: BusRun;
  readonly leaseMs: number;
  /** 0 for a single call. */
  readonly connection: number;
}

export interface ReceiverOptions {
  readonly agentId: string;
  readonly ledger: Ledger;
  readonly choices: Choices;
}

export function createReceiver({ agentId, ledger, choices }: ReceiverOptions): Receiver {
  const enter = (delivery: Delivery, { bus, leaseMs, connection }: Source): MessageFacts | undefined => {
    const { deliveryId, attempt, redeliveredBecause, leaseExpiresAt, message: envelope } = delivery;
    const name = { sender: envelope?.sender?.agentId ?? '', messageId: envelope?.messageId ?? '' };
    const message = ledger.message(name);
    if (envelope === undefined || leaseExpiresAt === undefined || message?.recipient !== agentId) {
      const text = `${agentId} was given a message that nobody sent to it`;
      ledger.report({ kind: 'message from nowhere', text, subject: nameOf(name), evidence: delivery });
      return undefined;
    }
    if (!isWhatWasSent(message, envelope)) {
      const text = `${agentId} was given other content than was sent`;
      ledger.report({ kind: 'message altered', text, subject: nameOf(name), evidence: { message, delivery } });
    }
    const expiresAt = timestampMs(leaseExpiresAt);
    message.deliveries.push({
      order: ledger.tick(),
      run: bus.number,
      deliveryId,
      attempt,
      because: redeliveredBecause,
      leasedAt: expiresAt - leaseMs,
      leaseExpiresAt: expiresAt,
      connection,
    });
    ledger.changed(message);
    return message;
  };
  return {
    agentId,
    take: (deliveries, source) =>
      deliveries.flatMap((delivery) => {
        const message = enter(delivery, source);
        if (message === undefined) return [];
        return [{ message, deliveryId: delivery.deliveryId, plan: planFor(message, source, choices) }];
      }),
    begin: (held, kind) =>
      held.map(({ message, deliveryId }) => {
        const settlement: SettlementFact = ledger.ask({ kind, deliveryId });
        message.settlements.push(settlement);
        ledger.changed(message);
        return settlement;
      }),
    answered(settlements, staleIds) {
      const stale = new Set(staleIds);
      const answeredAt = Date.now();
      for (const settlement of settlements) {
        settlement.answeredAt = answeredAt;
        if (stale.has(settlement.deliveryId)) ledger.refuse(settlement);
        else ledger.confirm(settlement);
      }
    },
  };
}

/** Every so many messages is one that no receiver ever acknowledges, so that it becomes a dead letter after five deliveries. */
const POISON_SHARE = 1 / 60;

function isPoison(message: MessageFacts): boolean {
  return hashOf(`poison ${nameOf(message)}`) < POISON_SHARE * 2 ** 32;
}

function planFor(message: MessageFacts, { bus, leaseMs }: Source, choices: Choices): Plan {
  if (isPoison(message)) return { kind: 'requeue', delayMs: choices.int(0, 100) };
  if (bus.mode === 'settle') return { kind: 'acknowledge' };
  const draw = choices.next();
  if (draw < 0.7) return { kind: 'acknowledge' };
  if (draw < 0.8) return { kind: 'requeue', delayMs: choices.chance(0.3) ? 0 : choices.int(1, 1_500) };
  if (draw < 0.82) return { kind: 'drop' };
  if (draw < 0.9) return { kind: 'extend' };
  if (draw < 0.96) return { kind: 'leave' };
  return { kind: 'late', delayMs: leaseMs + choices.int(0, 300) };
}

/** The deliveries by what is going to happen to them. */
export function byPlan(held: readonly Held[]): Map<Plan['kind'], Held[]> {
  return Map.groupBy(held, ({ plan }) => plan.kind);
}
