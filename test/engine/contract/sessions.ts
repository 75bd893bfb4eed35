import { expect } from 'vitest';
import type { SessionIndexEntry, SessionListQuery } from '../../../src/engine/engine.ts';
import type { ContractCase, Rig } from './rig.ts';
import { refusal, text } from './rig.ts';

export const sessionCases: ContractCase[] = [
  {
    name: 'a session that does not exist loads as nothing and reads as empty',
    async run({ engine }) {
      expect(await engine.sessions.load('none')).toBeUndefined();
      expect(await engine.sessions.read({ sessionId: 'none', after: 0, limit: 10, maxBytes: 1000 })).toEqual([]);
    },
  },
  {
    name: 'a session without a snapshot loads with all events',
    async run(rig) {
      await rig.append('s', 0, { texts: ['one', 'two'] });
      await rig.append('s', 2, { texts: ['three'] });
      const session = await rig.engine.sessions.load('s');
      expect(session).toMatchObject({ lastSequence: 3 });
      expect(session).not.toHaveProperty('snapshot');
      expect(session?.events.map((event) => [event.sequence, text(event.bytes)])).toEqual([
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
      ]);
    },
  },
  {
    name: 'a session loads from its newest snapshot',
    async run(rig) {
      await rig.append('s', 0, { texts: ['one'], snapshotText: 'old state' });
      await rig.append('s', 1, { texts: ['two', 'three'], snapshotText: 'new state' });
      await rig.append('s', 3, { texts: ['four'] });
      const session = await rig.engine.sessions.load('s');
      expect(session?.lastSequence).toBe(4);
      expect(session?.snapshot?.sequence).toBe(3);
      expect(text(session!.snapshot!.bytes)).toBe('new state');
      expect(session?.events.map((event) => event.sequence)).toEqual([4]);
    },
  },
  {
    name: 'events before a snapshot can still be read',
    async run(rig) {
      await rig.append('s', 0, { texts: ['one', 'two'], snapshotText: 'state' });
      const events = await rig.engine.sessions.read({ sessionId: 's', after: 0, limit: 10, maxBytes: 1000 });
      expect(events.map((event) => text(event.bytes))).toEqual(['one', 'two']);
    },
  },
  {
    name: 'reading goes on after a sequence, at most so many events and bytes, but always one',
    async run(rig) {
      await rig.append('s', 0, { texts: ['11111', '22222', '33333', '44444'] });
      await rig.append('other', 0, { texts: ['not mine'] });
      const read = async (after: number, limit: number, maxBytes: number): Promise<number[]> => {
        const events = await rig.engine.sessions.read({ sessionId: 's', after, limit, maxBytes });
        return events.map((event) => event.sequence);
      };
      expect(await read(1, 2, 1000)).toEqual([2, 3]);
      expect(await read(3, 10, 1000)).toEqual([4]);
      expect(await read(4, 10, 1000)).toEqual([]);
      // Three bytes over two events, for engines whose records are larger than what they hold.
      expect((await read(0, 10, 1)).length).toBe(1);
      expect(await read(2, 0, 1000)).toEqual([]);
    },
  },
  {
    name: 'sessions are listed newest first, page by page',
    async run(rig) {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await rig.append(id, 0);
      await rig.append('a', 1);
      const first = await rig.engine.sessions.list({ limit: 2 });
      expect(first.sessionIds).toEqual(['e', 'd']);
      await rig.append('f', 0);
      const second = await rig.engine.sessions.list({ limit: 2, after: first.next! });
      expect(second.sessionIds).toEqual(['c', 'b']);
      const third = await rig.engine.sessions.list({ limit: 2, after: second.next! });
      expect(third).toEqual({ sessionIds: ['a'] });
    },
  },
  {
    name: 'a cursor that no page gave out is refused',
    async run({ engine }) {
      await refusal(engine.sessions.list({ limit: 2, after: 'not a cursor!' }), 'invalid_cursor');
    },
  },
  {
    name: 'sessions are found by state, member, labels and who may see them, and by all of these at once',
    async run(rig) {
      await make(rig, 'a', { members: ['x://one', 'x://two'], labels: { team: 'red', env: 'prod' } });
      await make(rig, 'b', { members: ['x://one', 'y://three'], labels: { team: 'red' }, state: 'completed' });
      await make(rig, 'c', { members: ['y://three'], labels: { team: 'blue' } });
      const cases: [Omit<SessionListQuery, 'limit'>, string[]][] = [
        [{}, ['c', 'b', 'a']],
        [{ state: 'active' }, ['c', 'a']],
        [{ member: 'x://one' }, ['b', 'a']],
        [{ member: 'x://o' }, []],
        [{ labels: { team: 'red' } }, ['b', 'a']],
        [{ labels: { team: 'red', env: 'prod' } }, ['a']],
        [{ labels: { team: 'green' } }, []],
        [{ visibleTo: ['x://*'] }, ['b', 'a']],
        [{ visibleTo: ['x://two', 'y://*'] }, ['c', 'b', 'a']],
        [{ visibleTo: [] }, []],
        [{ visibleTo: ['*'] }, ['c', 'b', 'a']],
        [{ state: 'active', member: 'x://one', labels: { team: 'red' }, visibleTo: ['*two'] }, ['a']],
      ];
      for (const [query, expected] of cases) {
        expect((await rig.engine.sessions.list({ ...query, limit: 10 })).sessionIds, JSON.stringify(query)).toEqual(
          expected,
        );
      }
    },
  },
  {
    name: 'in a pattern only the star is special, and case matters',
    async run(rig) {
      await make(rig, 'a', { members: ['x://[ab]?'] });
      await make(rig, 'b', { members: ['x://ac'] });
      const visibleTo = async (pattern: string): Promise<readonly string[]> =>
        (await rig.engine.sessions.list({ visibleTo: [pattern], limit: 10 })).sessionIds;
      expect(await visibleTo('x://[ab]?')).toEqual(['a']);
      expect(await visibleTo('x://[ab]c')).toEqual([]);
      expect(await visibleTo('x://a?')).toEqual([]);
      expect(await visibleTo('X://ac')).toEqual([]);
      expect(await visibleTo('x:*c')).toEqual(['b']);
    },
  },
  {
    name: 'labels are compared as they are, whatever characters they hold',
    async run(rig) {
      const labels = { 'a"b\\c': 'line\nbreak', ключ: "o'clock" };
      await make(rig, 'a', { labels });
      expect((await rig.engine.sessions.list({ labels, limit: 1 })).sessionIds).toEqual(['a']);
    },
  },
  {
    name: 'a new index entry replaces the old one, and an append without one leaves it',
    async run(rig) {
      await make(rig, 'a', { members: ['x://one'], labels: { team: 'red' } });
      await rig.append('a', 1, { index: entry({ members: ['x://two'], labels: {}, state: 'completed', endedAt: 1 }) });
      await rig.append('a', 2);
      const found = async (query: Omit<SessionListQuery, 'limit'>): Promise<number> =>
        (await rig.engine.sessions.list({ ...query, limit: 10 })).sessionIds.length;
      expect(await found({ member: 'x://one' })).toBe(0);
      expect(await found({ labels: { team: 'red' } })).toBe(0);
      expect(await found({ member: 'x://two', state: 'completed' })).toBe(1);
    },
  },
];

function entry(overrides: Partial<SessionIndexEntry>): SessionIndexEntry {
  return { state: 'active', members: ['x://one'], labels: {}, ...overrides };
}

async function make(rig: Rig, sessionId: string, overrides: Partial<SessionIndexEntry>): Promise<void> {
  await rig.append(sessionId, 0, { index: entry(overrides) });
}
