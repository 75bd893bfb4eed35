import { SQLITE_LIMITS } from '../../limits.ts';
import type { SessionListQuery, SessionLog, SessionPage } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { Listeners } from './listeners.ts';
import { listSessions } from './operations/list-sessions.ts';
import { loadSession } from './operations/load-session.ts';
import { readEvents } from './operations/read-events.ts';
import type { StoreThread } from './store-thread.ts';

export function createSessionLog(store: StoreThread, forgotten: Listeners<readonly string[]>): SessionLog {
  return {
    load: (sessionId) => store.call(loadSession, sessionId),
    read: (query) => store.call(readEvents, query),
    list: (query) => list(store, query),
    onForgotten: (listener) => forgotten.add(listener),
  };
}

/** Steps through the sessions until the page is full or there are no more. */
async function list(store: StoreThread, { after, limit, ...filter }: SessionListQuery): Promise<SessionPage> {
  const wanted = Math.min(limit, SQLITE_LIMITS.maxListPage);
  const sessionIds: string[] = [];
  let before = after === undefined ? undefined : parseCursor(after);
  do {
    const step = { ...filter, scan: SQLITE_LIMITS.listStepSessions, limit: wanted - sessionIds.length };
    const found = await store.call(listSessions, before === undefined ? step : { ...step, before });
    sessionIds.push(...found.sessionIds);
    before = found.before;
  } while (before > 0 && sessionIds.length < wanted);
  return before > 0 ? { sessionIds, next: formatCursor(before) } : { sessionIds };
}

const RADIX = 36;

function formatCursor(before: number): string {
  return before.toString(RADIX);
}

function parseCursor(cursor: string): number {
  const before = /^[0-9a-z]{1,11}$/.test(cursor) ? Number.parseInt(cursor, RADIX) : 0;
  if (before > 0) return before;
  throw new EngineError('invalid_cursor', `"${cursor}" is not where a page of sessions ended`);
}
