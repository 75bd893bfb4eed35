import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Operation } from '../operation.ts';

export interface ListSessionsRequest {
  readonly state?: string;
  readonly member?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly visibleTo?: readonly string[];
  /** Only sessions made before the one with this ordinal; absent: from the newest on. */
  readonly before?: number;
  /** How many sessions are looked at. */
  readonly scan: number;
  readonly limit: number;
}

export interface ListedSessions {
  readonly sessionIds: string[];
  /** The ordinal before which to go on; 0 when everything was looked at. */
  readonly before: number;
}

/**
 * One step of a listing, newest session first. It looks at a stretch of `scan`
 * sessions, so that a filter nothing passes does not hold up the writes behind it.
 */
export const listSessions: Operation<ListSessionsRequest, ListedSessions> = {
  writes: false,
  encode: (request, tape) => tape.text(JSON.stringify(request)),
  prepare({ db }) {
    const newest = db.prepare('SELECT coalesce(max(ord), 0) AS ord FROM sessions');
    return (tape, reply) => {
      const request = JSON.parse(tape.text()) as ListSessionsRequest;
      const before = request.before ?? (newest.get()?.ord as number) + 1;
      const end = Math.max(before - request.scan, 1);
      const rows = select(db, request, { before, end });
      const last = rows.at(-1);
      const full = last !== undefined && rows.length === request.limit;
      const next = full ? last.ord : end;
      reply.number(rows.length);
      for (const row of rows) reply.text(row.session_id);
      reply.number(next > 1 ? next : 0);
    };
  },
  decode: (tape) => ({
    sessionIds: Array.from({ length: tape.number() }, () => tape.text()),
    before: tape.number(),
  }),
};

interface Row {
  readonly ord: number;
  readonly session_id: string;
}

function select(db: DatabaseSync, request: ListSessionsRequest, stretch: { before: number; end: number }): Row[] {
  const { state, member, labels = {}, visibleTo, limit } = request;
  const where = ['s.ord < ? AND s.ord >= ?'];
  const values: SQLInputValue[] = [stretch.before, stretch.end];
  if (state !== undefined) {
    where.push('s.state = ?');
    values.push(state);
  }
  if (member !== undefined) {
    where.push('EXISTS (SELECT 1 FROM session_members WHERE agent_id = ? AND session = s.ord)');
    values.push(member);
  }
  for (const [name, value] of Object.entries(labels)) {
    where.push('EXISTS (SELECT 1 FROM session_labels WHERE session = s.ord AND name = ? AND value = ?)');
    values.push(name, value);
  }
  if (visibleTo !== undefined) {
    // The patterns go in as one JSON value: their number is not bounded by SQLite's count of variables.
    where.push(
      `EXISTS (SELECT 1 FROM session_members m, json_each(?) p WHERE m.session = s.ord AND m.agent_id GLOB p.value)`,
    );
    values.push(JSON.stringify(visibleTo.map(toGlob)));
  }
  const sql = `SELECT s.ord, s.session_id FROM sessions s WHERE ${where.join(' AND ')} ORDER BY s.ord DESC LIMIT ?`;
  return db.prepare(sql).all(...values, limit) as unknown[] as Row[];
}

/** Only `*` is special to us; SQLite's GLOB also knows `?` and `[...]`. */
function toGlob(pattern: string): string {
  return pattern.replace(/[?[]/g, (special) => `[${special}]`);
}
