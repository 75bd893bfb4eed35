import type { WatchFrame } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import type { Caller } from '../../bus/caller.ts';
import type { Sessions } from '../../bus/session/sessions.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Outbound } from './outbound.ts';

export interface WatchesOptions {
  readonly sessions: Sessions;
  readonly caller: Caller;
  readonly outbound: Outbound;
  /** A session could not be followed, or not any more. */
  refuse(error: unknown, sessionId: string): void;
}

/** The sessions that a stream follows. */
export interface Watches {
  /** Follows a session, or moves the cursor in it. */
  watch(frame: WatchFrame): void;
  unwatch(sessionId: string): void;
  /** Ends all. */
  stop(): void;
}

/**
 * Each session is read by a loop of its own, which takes the next page only when the
 * client has room for it: whoever falls behind reads larger pages later, and nothing piles up here.
 */
export function createWatches({ sessions, caller, outbound, refuse }: WatchesOptions): Watches {
  const watched = new Map<string, AbortController>();

  const follow = async ({ sessionId, afterSequence }: WatchFrame, controller: AbortController): Promise<void> => {
    const { signal } = controller;
    const query = { sessionId, afterSequence: Number(afterSequence), types: [], signal };
    try {
      for await (const value of sessions.watch(caller, query)) {
        while (!outbound.hasRoom && !signal.aborted) await outbound.room();
        if (signal.aborted) return;
        outbound.push({ case: 'sessionEvent', value });
      }
    } catch (error) {
      if (!signal.aborted) refuse(error, sessionId);
    } finally {
      if (watched.get(sessionId) === controller) watched.delete(sessionId);
    }
  };
  return {
    watch(frame) {
      const { sessionId } = frame;
      const before = watched.get(sessionId);
      const limit = STREAM_LIMITS.maxWatchedSessions;
      if (before === undefined && watched.size >= limit) {
        const facts = { bound: 'watched sessions', limit };
        refuse(new BusError('LIMIT_REACHED', `a stream follows at most ${limit} sessions`, facts), sessionId);
        return;
      }
      before?.abort();
      const controller = new AbortController();
      watched.set(sessionId, controller);
      // It ends with the stream and tells its failures itself.
      void follow(frame, controller);
    },
    unwatch(sessionId) {
      watched.get(sessionId)?.abort();
      watched.delete(sessionId);
    },
    stop() {
      for (const controller of watched.values()) controller.abort();
      watched.clear();
    },
  };
}
