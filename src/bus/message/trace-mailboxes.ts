import type { Lease, Mailboxes, MessageKey, Settlement } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { TRACE_LIMITS } from '../../limits.ts';
import type { Span, Tracer } from '../tracer.ts';
import { messageAttributes, OUTCOME } from './trace-attributes.ts';
import { traceparentOf } from './traceparent-of.ts';

export interface TraceMailboxesOptions {
  readonly tracer: Tracer;
  readonly clock: Clock;
  /** The `traceparent` of a message that has none of its own, if it is known. */
  parentOf(message: MessageKey): string | undefined;
}

/** A delivery that somebody holds. */
interface OpenDelivery extends MessageKey {
  readonly agentId: string;
  readonly holder: string;
  readonly span: Span;
  expiresAt: number;
}

/**
 * Mailboxes that tell a tracer who has a message for how long: from the lease to the settlement, or to the end of the
 * lease by whatever else ended it. Everything about deliveries goes through here, whoever asks for it, so that nothing
 * else has to know of traces.
 */
export function traceMailboxes(mailboxes: Mailboxes, { tracer, clock, parentOf }: TraceMailboxesOptions): Mailboxes {
  if (!tracer.enabled) return mailboxes;
  const open = new Map<string, OpenDelivery>();
  /** Delivery ids by the copy that they deliver, for endings that no delivery is named in. */
  const byMessage = new Map<string, string>();
  let lookPlanned = false;

  const begin = (lease: Lease, held: { agentId: string; holder: string }): void => {
    const { sender, messageId, deliveryId, leaseExpiresAt: expiresAt } = lease;
    const span = tracer.start('deliver', {
      parent: traceparentOf(lease.envelope) ?? parentOf(lease),
      attributes: {
        ...messageAttributes('deliver', { sender, messageId, destination: held.agentId }),
        'messaging.message.envelope.size': lease.envelope.length,
        'agentbus.attempt': lease.attempt,
        ...(lease.redeliveredBecause && { 'agentbus.redelivered_because': lease.redeliveredBecause }),
      },
    });
    const delivery = { sender, messageId, span, expiresAt, agentId: held.agentId, holder: held.holder };
    open.set(deliveryId, delivery);
    byMessage.set(copyOf(delivery), deliveryId);
    if (open.size > TRACE_LIMITS.maxOpen) forgetOldest();
    planLook();
  };
  const end = (deliveryId: string, outcome: string, at?: number): void => {
    const delivery = open.get(deliveryId);
    if (delivery === undefined) return;
    open.delete(deliveryId);
    const copy = copyOf(delivery);
    if (byMessage.get(copy) === deliveryId) byMessage.delete(copy);
    delivery.span.end({ attributes: { [OUTCOME]: outcome }, ...(at !== undefined && { at }) });
  };
  const endAll = (deliveryIds: readonly string[], { stale }: Settlement, outcome: string): void => {
    const untouched = new Set(stale);
    for (const deliveryId of deliveryIds) if (!untouched.has(deliveryId)) end(deliveryId, outcome);
  };
  const forgetOldest = (): void => {
    const [oldest] = open.keys();
    if (oldest !== undefined) end(oldest, 'not_followed');
  };
  /** Nobody tells of a lease that ran out: the message only comes back. */
  const look = (): void => {
    const now = clock.now();
    for (const [deliveryId, { expiresAt }] of open) {
      if (expiresAt <= now) end(deliveryId, 'lease_expired', expiresAt);
    }
    lookPlanned = false;
    if (open.size > 0) planLook();
  };
  const planLook = (): void => {
    if (lookPlanned) return;
    lookPlanned = true;
    clock.setTimer(look, TRACE_LIMITS.leaseLookMs);
  };
  mailboxes.onEnded(({ sender, messageId, recipient, state, endedAt }) => {
    const deliveryId = byMessage.get(copyOf({ sender, messageId, agentId: recipient }));
    if (deliveryId !== undefined) end(deliveryId, state, endedAt);
  });
  return {
    ...mailboxes,
    async lease(request) {
      const leases = await mailboxes.lease(request);
      for (const lease of leases) begin(lease, request);
      return leases;
    },
    async acknowledge(agentId, deliveryIds) {
      const spans = deliveryIds.flatMap((deliveryId) => {
        const delivery = open.get(deliveryId);
        return delivery === undefined ? [] : [{ deliveryId, span: startAcknowledge(delivery) }];
      });
      const settlement = await mailboxes.acknowledge(agentId, deliveryIds);
      const stale = new Set(settlement.stale);
      for (const { deliveryId, span } of spans) span.end(stale.has(deliveryId) ? { error: 'stale' } : {});
      endAll(deliveryIds, settlement, 'acknowledged');
      return settlement;
    },
    async release(agentId, deliveryIds, release) {
      const settlement = await mailboxes.release(agentId, deliveryIds, release);
      endAll(deliveryIds, settlement, release.because);
      return settlement;
    },
    async discard(agentId, deliveryIds, reason) {
      const settlement = await mailboxes.discard(agentId, deliveryIds, reason);
      endAll(deliveryIds, settlement, 'dead_lettered');
      return settlement;
    },
    async extend(agentId, deliveryIds, leaseMs) {
      const expiresAt = clock.now() + leaseMs;
      const settlement = await mailboxes.extend(agentId, deliveryIds, leaseMs);
      const stale = new Set(settlement.stale);
      for (const deliveryId of deliveryIds) {
        const delivery = open.get(deliveryId);
        if (delivery !== undefined && !stale.has(deliveryId)) delivery.expiresAt = expiresAt;
      }
      return settlement;
    },
    releaseHolder(agentId, holder, neverSent) {
      mailboxes.releaseHolder(agentId, holder, neverSent);
      for (const [deliveryId, delivery] of open) {
        if (delivery.holder !== holder || delivery.agentId !== agentId) continue;
        const left = neverSent !== 'all' && !neverSent.includes(deliveryId);
        end(deliveryId, left ? 'holder_gone' : 'never_sent');
      }
    },
  };

  function startAcknowledge({ span, sender, messageId, agentId }: OpenDelivery): Span {
    const attributes = messageAttributes('acknowledge', { sender, messageId, destination: agentId });
    return tracer.start('acknowledge', { parent: span.traceparent, attributes });
  }
}

/** None of the three has a space in it. */
function copyOf({ sender, messageId, agentId }: Pick<OpenDelivery, 'sender' | 'messageId' | 'agentId'>): string {
  return `${sender} ${messageId} ${agentId}`;
}
