import { SESSION_LIMITS } from '../../limits.ts';
import { isLoose } from '../task/loose-tasks.ts';
import type { LiveSession } from './live-session.ts';

/**
 * Ended sessions that were asked for lately, so that they are answered without reading their log again. Tasks outside of
 * sessions have a bound of their own: there are many more of them, and each would push a session out.
 */
export interface EndedSessions {
  /** The session, which counts as asked for. */
  get(sessionId: string): LiveSession | undefined;
  put(live: LiveSession): void;
  delete(sessionId: string): void;
}

export function createEndedSessions(): EndedSessions {
  const sessions = createRecentlyUsed();
  const looseTasks = createRecentlyUsed();
  const kindOf = (sessionId: string): EndedSessions => (isLoose(sessionId) ? looseTasks : sessions);
  return {
    get: (sessionId) => kindOf(sessionId).get(sessionId),
    put: (live) => kindOf(live.sessionId).put(live),
    delete: (sessionId) => kindOf(sessionId).delete(sessionId),
  };
}

interface Entry {
  readonly live: LiveSession;
  readonly bytes: number;
}

function createRecentlyUsed(): EndedSessions {
  /** Least recently used first. */
  const entries = new Map<string, Entry>();
  let totalBytes = 0;
  const remove = (sessionId: string): void => {
    totalBytes -= entries.get(sessionId)?.bytes ?? 0;
    entries.delete(sessionId);
  };
  const isTooMuch = (): boolean =>
    entries.size > SESSION_LIMITS.maxEndedInMemory || totalBytes > SESSION_LIMITS.maxEndedBytesInMemory;
  const put = (live: LiveSession): void => {
    remove(live.sessionId);
    const bytes = live.snapshotBytes + live.recent.bytes;
    entries.set(live.sessionId, { live, bytes });
    totalBytes += bytes;
    for (const oldest of entries.keys()) {
      if (!isTooMuch()) break;
      remove(oldest);
    }
  };
  return {
    get(sessionId) {
      const live = entries.get(sessionId)?.live;
      if (live !== undefined) put(live);
      return live;
    },
    put,
    delete: remove,
  };
}
