import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionEventType } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { LiveSession } from './live-session.ts';
import type { SessionRegistry } from './session-registry.ts';

export interface WatchOptions {
  readonly registry: SessionRegistry;
  readonly live: LiveSession;
  readonly afterSequence: number;
  /** Empty for all. */
  readonly types: readonly SessionEventType[];
  readonly signal: AbortSignal;
  /** Called before each page; throws when the watcher has lost sight of the session. */
  authorize(session: Session): void;
}

/**
 * Replays a session and then follows it. It keeps a cursor and nothing else: pages are
 * read as fast as they are taken, so a slow watcher slows nobody and misses nothing.
 */
export async function* watchSession(options: WatchOptions): AsyncGenerator<SessionEvent[]> {
  const { registry, live, signal } = options;
  requireCursor(live, options.afterSequence);
  let after = options.afterSequence;
  while (!signal.aborted) {
    options.authorize(live.decided);
    const page = await registry.read(live, { after, limit: SESSION_LIMITS.watchPageEvents });
    const last = page.at(-1);
    if (last === undefined) {
      if (hasSeenEnd(live, after)) return;
      await nextEvent(live, after, signal);
      continue;
    }
    after = Number(last.sequence);
    const wanted = ofTypes(page, options.types);
    if (wanted.length > 0) yield wanted;
  }
}

/** Resolves when the session has a durable event after `after`, or when the signal aborts. */
export function nextEvent(live: LiveSession, after: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const isThere = live.durable !== undefined && live.durable.lastSequence > BigInt(after);
      if (!isThere && !signal.aborted) return;
      live.listeners.delete(check);
      signal.removeEventListener('abort', check);
      resolve();
    };
    live.listeners.add(check);
    signal.addEventListener('abort', check);
    check();
  });
}

/** The events of some types; of all if none is named. */
export function ofTypes(events: SessionEvent[], types: readonly SessionEventType[]): SessionEvent[] {
  if (types.length === 0) return events;
  const wanted = new Set(types.map((type) => SessionEventType[type].toLowerCase()));
  return events.filter(({ body }) => body.case !== undefined && wanted.has(toSnakeCase(body.case)));
}

/** Throws SEQUENCE_OUT_OF_RANGE for a cursor beyond the end. */
export function requireCursor(live: LiveSession, afterSequence: number): void {
  const last = live.decided.lastSequence;
  if (BigInt(afterSequence) <= last) return;
  throw new BusError(
    'SEQUENCE_OUT_OF_RANGE',
    `the session has ${last} events; there is nothing after ${afterSequence}`,
    {
      after_sequence: afterSequence,
      last_sequence: last,
    },
  );
}

/** Whether the session has ended and there is no event after `after`. */
export function hasSeenEnd(live: LiveSession, after: number): boolean {
  const { durable } = live;
  return durable !== undefined && durable.state !== SessionState.ACTIVE && durable.lastSequence <= BigInt(after);
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
