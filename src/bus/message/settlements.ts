import type { Mailboxes, Settlement } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { crashPoint } from '../../lib/crash-point.ts';
import type { BusObserver } from '../observer.ts';
import type { ConsumerGroups } from './consumer-groups.ts';
import type { Extension, Rejection } from './deliveries.ts';
import type { MailFollower } from './mail-follower.ts';

/** Ways a delivery goes on or ends, whether a stream or a single call asks for it. */
export interface Settlements {
  acknowledge(agentId: string, deliveryIds: readonly string[]): Promise<Settlement>;
  reject(agentId: string, rejection: Rejection): Promise<Settlement>;
  extend(agentId: string, extension: Extension): Promise<Settlement & { leaseExpiresAt: number }>;
}

export interface SettlementsOptions {
  readonly mailboxes: Mailboxes;
  readonly groups: ConsumerGroups;
  readonly clock: Clock;
  readonly observer: BusObserver;
  readonly followers: readonly MailFollower[];
}

const beforeAcknowledge = crashPoint('acknowledge.before-submit');
const acknowledged = crashPoint('acknowledge.durable');
const beforeReject = crashPoint('reject.before-submit');
const rejected = crashPoint('reject.durable');
const beforeExtend = crashPoint('extend.before-submit');
const extended = crashPoint('extend.applied');

const DROPPED = 'dropped by the recipient';

/**
 * A recipient is done with a delivery when it says so, however long the disk takes:
 * its credit is free at once, so that the next delivery does not wait for an fsync.
 */
export function createSettlements(options: SettlementsOptions): Settlements {
  const { mailboxes, groups, clock, observer, followers } = options;
  /** Answers a step after the engine: what was begun before its answer, such as the end of an attempt, is decided first. */
  const settle = async <S extends Settlement>(
    agentId: string,
    deliveryIds: readonly string[],
    settling: Promise<S>,
  ): Promise<S> => {
    groups.settled(agentId, deliveryIds);
    return await settling;
  };
  return {
    async acknowledge(agentId, deliveryIds) {
      beforeAcknowledge();
      const ids = eachOnce(deliveryIds);
      const { stale, tagged } = await settle(agentId, ids, mailboxes.acknowledge(agentId, ids));
      observer.acknowledged?.(ids.length - stale.length);
      if (tagged.length > 0) await Promise.all(followers.map((follower) => follower.acknowledged(agentId, tagged)));
      acknowledged();
      return { stale };
    },
    async reject(agentId, { deliveryIds, disposition, reason }) {
      beforeReject();
      const ids = eachOnce(deliveryIds);
      const settling =
        disposition === 'drop'
          ? mailboxes.discard(agentId, ids, reason || DROPPED)
          : mailboxes.release(agentId, ids, { delayMs: disposition.requeueDelayMs, because: 'rejected' });
      const settlement = await settle(agentId, ids, settling);
      rejected();
      return settlement;
    },
    async extend(agentId, { deliveryIds, leaseMs }) {
      beforeExtend();
      const leaseExpiresAt = clock.now() + leaseMs;
      const settlement = await mailboxes.extend(agentId, eachOnce(deliveryIds), leaseMs);
      groups.settled(agentId, settlement.stale);
      groups.extended(agentId, deliveryIds, leaseExpiresAt);
      extended();
      return { ...settlement, leaseExpiresAt };
    },
  };
}

/** A stale id is reported as such, so one that is named twice must not be both. */
function eachOnce(deliveryIds: readonly string[]): readonly string[] {
  if (deliveryIds.length === 1) return deliveryIds;
  const ids = new Set(deliveryIds);
  return ids.size === deliveryIds.length ? deliveryIds : [...ids];
}
