/** Goal: ended sessions that are kept in memory stay within their bounds. Method: the cache alone, with sessions made by hand. */
import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { SessionSchema } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { createEndedSessions } from '../../../src/bus/session/ended-sessions.ts';
import { createLiveSession, type LiveSession } from '../../../src/bus/session/live-session.ts';
import { createTasks } from '../../../src/bus/session/task-map.ts';
import { looseSessionId } from '../../../src/bus/task/loose-tasks.ts';
import { SESSION_LIMITS } from '../../../src/limits.ts';
import { ORCHESTRATOR } from '../../open-bus.ts';

const { maxEndedInMemory, maxEndedBytesInMemory } = SESSION_LIMITS;

function ended(sessionId: string, snapshotBytes = 1_000): LiveSession {
  const session = create(SessionSchema, { sessionId });
  const none = { tasks: createTasks(), durable: session, snapshotSequence: 1 };
  return createLiveSession({ decided: session, snapshotBytes, ...none });
}

test('the one that nobody asked for the longest goes first', () => {
  const cache = createEndedSessions();
  for (let count = 0; count < maxEndedInMemory; count++) cache.put(ended(`s-${count}`));
  expect(cache.get('s-0')).toBeDefined();
  cache.put(ended('one more'));
  expect(cache.get('s-1')).toBeUndefined();
  expect(cache.get('s-0')).toBeDefined();
  expect(cache.get('one more')).toBeDefined();
});

test('tasks outside of sessions, of which there are many, push no session out', () => {
  const cache = createEndedSessions();
  cache.put(ended('s'));
  for (let count = 0; count < 2 * maxEndedInMemory; count++)
    cache.put(ended(looseSessionId(ORCHESTRATOR, `t-${count}`)));
  expect(cache.get('s')).toBeDefined();
  expect(cache.get(looseSessionId(ORCHESTRATOR, 't-0'))).toBeUndefined();
});

test('large ones are fewer, however often one of them is asked for', () => {
  const cache = createEndedSessions();
  const third = Math.ceil(maxEndedBytesInMemory / 3);
  for (const id of ['a', 'b']) cache.put(ended(id, third));
  for (let count = 0; count < 10; count++) expect(cache.get('a')).toBeDefined();
  cache.put(ended('c', third));
  expect(['a', 'b', 'c'].filter((id) => cache.get(id) !== undefined)).toEqual(['a', 'c']);
});

test('one that is forgotten gives its room back', () => {
  const cache = createEndedSessions();
  const half = maxEndedBytesInMemory / 2;
  for (const id of ['a', 'b']) cache.put(ended(id, half));
  cache.delete('b');
  cache.delete('b');
  cache.put(ended('c', half));
  expect(['a', 'b', 'c'].filter((id) => cache.get(id) !== undefined)).toEqual(['a', 'c']);
});
