import type { RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Asked } from './asked.ts';

/** What identifies a message for good. */
export interface MessageName {
  readonly sender: string;
  readonly messageId: string;
}

/** A message as its sender made it. Its content follows from these, see `workload/message-content.ts`. */
export interface NewMessage extends MessageName {
  readonly recipient: string;
  /** 1 (lowest) to 4 (highest). */
  readonly priority: number;
  /** Bytes of the content, about. */
  readonly size: number;
  /** Set for mail of a session, which the bus may take back when a task or the session ends. */
  readonly sessionId?: string;
}

/** Everything that the clients know of one message. */
export interface MessageFacts extends NewMessage {
  /** Place among the messages of its sender, in the order in which they were first sent. */
  readonly place: number;
  readonly sends: SendFact[];
  readonly deliveries: DeliveryFact[];
  readonly settlements: SettlementFact[];
}

/** One time that it was sent. */
export interface SendFact extends Asked {
  answer?: 'accepted' | 'duplicate';
  /** Milliseconds since the epoch, by the clock of the bus. */
  acceptedAt?: number;
}

/** One time that it was received. */
export interface DeliveryFact {
  /** Order number of its arrival. */
  readonly order: number;
  readonly run: number;
  readonly deliveryId: string;
  readonly attempt: number;
  readonly because: RedeliveryReason;
  /** Milliseconds since the epoch, by the clock of the bus: from when until when its receiver has it, unless extended. */
  readonly leasedAt: number;
  readonly leaseExpiresAt: number;
  /** The connection that it came on; 0 for a single call, whose leases no connection ends. */
  readonly connection: number;
}

/** What a receiver said about a delivery, or an operator about a dead letter. */
export interface SettlementFact extends Asked {
  readonly kind: 'acknowledge' | 'requeue' | 'drop' | 'extend' | 'redeliver' | 'purge';
  /** Of the delivery, or of the dead letter. */
  readonly deliveryId: string;
  /** When the answer came, in milliseconds since the epoch. */
  answeredAt?: number;
}

/** Order number of the moment from which the bus has promised to keep it; undefined while it never did. */
export function acceptedSince({ sends }: MessageFacts): number | undefined {
  return sends.find(({ confirmed }) => confirmed !== undefined)?.confirmed;
}

/** The first settlement of this kind that was confirmed. */
export function confirmedSettlement(message: MessageFacts, kind: SettlementFact['kind']): SettlementFact | undefined {
  return message.settlements.find((settlement) => settlement.kind === kind && settlement.confirmed !== undefined);
}

/** Whether its receiver may have settled it so: confirmed, or without an answer. */
export function maySettled(message: MessageFacts, kind: SettlementFact['kind']): boolean {
  return message.settlements.some((settlement) => settlement.kind === kind && settlement.refused === undefined);
}

export function nameOf({ sender, messageId }: MessageName): string {
  return `${sender} ${messageId}`;
}
