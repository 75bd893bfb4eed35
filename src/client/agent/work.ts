import type { Delivery } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Envelope } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { CLIENT_LIMITS } from '../client-limits.ts';
import { type IncomingMessage, toIncomingMessage } from './incoming-message.ts';
import { createSettlements, type Disposition, type Settlements } from './settlements.ts';

/** Messages in the hands of the agent, across streams. */
export interface Work {
  /** Says what was settled, and what needs more time. */
  readonly lane: Settlements;
  /** Handlers that are running. */
  readonly running: number;
  /** Takes deliveries; starts a handler for each message that is not in hand already. */
  receive(deliveries: readonly Delivery[]): void;
  /** The stream is gone and its deliveries with it: what is running is settled by the next delivery of its message. */
  streamLost(): void;
}

/** What {@link createWork} works with. */
export interface WorkOptions {
  /** Handles a message to its end. Never rejects. */
  handle(message: IncomingMessage): Promise<Disposition>;
  /** Whether the agent is leaving: new deliveries, sent before the bus knew of it, go back. */
  isLeaving(): boolean;
  /** A handler ended, or something is to be said. */
  changed(): void;
}

interface Running {
  readonly key: string;
  /** The newest delivery of the message; undefined while the stream that held it is gone. */
  deliveryId: string | undefined;
}

/**
 * Runs one handler a message, however often it is delivered meanwhile: the end of the handler settles the
 * newest delivery. A message that was acknowledged is remembered until the bus has confirmed its acknowledgement.
 */
export function createWork({ handle, isLeaving, changed }: WorkOptions): Work {
  const running = new Map<string, Running>();
  /** Keys of handled messages, oldest first. */
  const handled = new Set<string>();

  const lane = createSettlements({
    held: () => [...running.values()].flatMap(({ deliveryId }) => deliveryId ?? []),
    changed,
  });

  function remember(key: string): void {
    handled.add(key);
    if (handled.size <= CLIENT_LIMITS.maxRememberedMessages) return;
    for (const oldest of handled) {
      handled.delete(oldest);
      return;
    }
  }

  function settle({ key, deliveryId }: Running, disposition: Disposition): void {
    if (disposition.kind === 'acknowledge') remember(key);
    if (deliveryId !== undefined) lane.settle(deliveryId, disposition, () => handled.delete(key));
  }

  async function start(task: Running, message: IncomingMessage): Promise<void> {
    running.set(task.key, task);
    const disposition = await handle(message);
    running.delete(task.key);
    settle(task, disposition);
    changed();
  }

  function receiveOne(delivery: Delivery, message: Envelope): void {
    const { deliveryId } = delivery;
    const key = keyOf(message);
    const inHand = running.get(key);
    if (handled.has(key)) settle({ key, deliveryId }, { kind: 'acknowledge' });
    else if (inHand !== undefined) inHand.deliveryId = deliveryId;
    else if (isLeaving()) lane.settle(deliveryId, { kind: 'requeue', delayMs: 0, reason: 'the agent is leaving' });
    else void start({ key, deliveryId }, toIncomingMessage(delivery, message));
  }

  return {
    lane,
    get running() {
      return running.size;
    },
    streamLost() {
      for (const task of running.values()) task.deliveryId = undefined;
    },
    receive(deliveries) {
      for (const delivery of deliveries) if (delivery.message !== undefined) receiveOne(delivery, delivery.message);
    },
  };
}

/** A message is known by its id and its sender together. */
function keyOf(message: Envelope): string {
  return `${message.sender?.agentId} ${message.messageId}`;
}
