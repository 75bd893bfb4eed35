import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';

/** The newest events of a session, for watchers that follow closely. Bounded in number and bytes. */
export interface RecentEvents {
  /** Of all of them, encoded. */
  readonly bytes: number;
  add(event: SessionEvent, bytes: number): void;
  /** The events after a sequence, oldest first, if all of them are here; undefined if the log must be read. */
  after(sequence: number): SessionEvent[] | undefined;
}

export function createRecentEvents(): RecentEvents {
  const entries: { event: SessionEvent; bytes: number }[] = [];
  let totalBytes = 0;
  return {
    get bytes() {
      return totalBytes;
    },
    add(event, bytes) {
      entries.push({ event, bytes });
      totalBytes += bytes;
      while (entries.length > SESSION_LIMITS.recentEvents || totalBytes > SESSION_LIMITS.recentBytes) {
        totalBytes -= entries.shift()?.bytes ?? 0;
      }
    },
    after(sequence) {
      const [oldest] = entries;
      if (oldest === undefined || oldest.event.sequence > BigInt(sequence + 1)) return undefined;
      return entries.filter(({ event }) => event.sequence > BigInt(sequence)).map(({ event }) => event);
    },
  };
}
