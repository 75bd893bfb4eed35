import type { Mailboxes, MessageKey } from '../../engine/engine.ts';
import type { GroupedConsumer } from './consumer.ts';

/**
 * The consumers of each mailbox. Those of one agent share its work: the one with
 * the least in flight is asked first, and takes no more than its part of what waits.
 */
export interface ConsumerGroups {
  /** Returns the way to leave. */
  join(agentId: string, consumer: GroupedConsumer): () => void;
  /** A fair part of what waits in a mailbox for one of its consumers; at least 1. */
  share(agentId: string): number;
  /** Deliveries of whichever consumer were settled. */
  settled(agentId: string, deliveryIds: readonly string[]): void;
  /** A message was taken back, whichever consumer has it. */
  withdrawn(agentId: string, message: MessageKey): void;
  /** Leases of whichever consumer were extended. */
  extended(agentId: string, deliveryIds: readonly string[], expiresAt: number): void;
}

interface Group {
  /** Whoever was asked longest ago comes first. */
  consumers: GroupedConsumer[];
  readonly unsubscribe: () => void;
}

export function createConsumerGroups(mailboxes: Mailboxes): ConsumerGroups {
  const groups = new Map<string, Group>();

  const wake = (agentId: string): void => {
    const group = groups.get(agentId);
    if (group === undefined) return;
    const { consumers } = group;
    if (consumers.length === 1) {
      consumers[0]?.wake();
      return;
    }
    // The sort is stable, so that equals take turns: the first goes to the end of the line.
    const inTurn = [...consumers].sort((a, b) => a.inFlight - b.inFlight);
    const [first] = inTurn;
    if (first !== undefined) group.consumers = [...consumers.filter((consumer) => consumer !== first), first];
    for (const consumer of inTurn) consumer.wake();
  };
  const consumersOf = (agentId: string): readonly GroupedConsumer[] => groups.get(agentId)?.consumers ?? [];
  const leave = (agentId: string, consumer: GroupedConsumer): void => {
    const group = groups.get(agentId);
    if (group === undefined) return;
    group.consumers = group.consumers.filter((other) => other !== consumer);
    if (group.consumers.length > 0) return;
    group.unsubscribe();
    groups.delete(agentId);
  };
  return {
    join(agentId, consumer) {
      const group = groups.get(agentId) ?? {
        consumers: [],
        unsubscribe: mailboxes.subscribe(agentId, () => wake(agentId)),
      };
      groups.set(agentId, group);
      group.consumers.push(consumer);
      return () => leave(agentId, consumer);
    },
    share(agentId) {
      const consumers = consumersOf(agentId);
      if (consumers.length <= 1) return Infinity;
      const takers = consumers.filter(({ credit }) => credit > 0).length;
      if (takers <= 1) return Infinity;
      const taken = consumers.reduce((sum, { inFlight }) => sum + inFlight, 0);
      return Math.max(1, Math.ceil((mailboxes.depth(agentId).messages - taken) / takers));
    },
    settled(agentId, deliveryIds) {
      for (const consumer of consumersOf(agentId)) consumer.settled(deliveryIds);
    },
    withdrawn(agentId, message) {
      for (const consumer of consumersOf(agentId)) consumer.withdrawn(message);
    },
    extended(agentId, deliveryIds, expiresAt) {
      for (const consumer of consumersOf(agentId)) consumer.extended(deliveryIds, expiresAt);
    },
  };
}
