/**
 * Goal: SessionService does over real sockets what its contract says.
 * Method: a real server on a real bus, gRPC clients of connect-node, and time in the test's hands.
 */
import { describe, expect, it } from 'vitest';
import { SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { notificationsSession } from '../open-bus.ts';
import { headers, refusal, sessionId, startServices } from './start-services.ts';

describe('WatchSession', () => {
  it('opens with an empty response, replays, follows, and ends well with the session', async () => {
    const { sessions, patch, complete } = await startServices();
    await patch({ a: 1 });
    const seen: (string | undefined)[] = [];
    for await (const { event } of sessions.watchSession({ sessionId }, { headers })) {
      seen.push(event?.body.case);
      if (event?.body.case === 'sharedContextUpdated' && seen.length === 3) await patch({ b: 2 });
      if (seen.length === 4) await complete();
    }
    expect(seen).toEqual([
      undefined,
      'sessionCreated',
      'sharedContextUpdated',
      'sharedContextUpdated',
      'sessionCompleted',
    ]);
  });

  it('says something when nothing happens for a heartbeat interval', async () => {
    const { sessions, clock } = await startServices();
    const watch = sessions.watchSession({ sessionId, afterSequence: 1n }, { headers })[Symbol.asyncIterator]();
    expect((await watch.next()).value?.event).toBeUndefined();
    const next = watch.next();
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(15_000);
    expect((await next).value).toMatchObject({ $typeName: 'agentbus.v1.WatchSessionResponse' });
    await watch.return?.();
  });

  it.each([
    ['a session that does not exist', { sessionId: 'sess_none' }, 'NotFound', 'SESSION_NOT_FOUND'],
    ['a cursor beyond the end', { sessionId, afterSequence: 2n ** 63n }, 'OutOfRange', 'SEQUENCE_OUT_OF_RANGE'],
  ])('refuses %s', async (_, request, ...expected) => {
    const { sessions } = await startServices();
    const watch = sessions.watchSession(request, { headers })[Symbol.asyncIterator]();
    const error = await watch.next().catch((reason: unknown) => reason);
    expect(Object.values(refusal(error))).toEqual(expected);
  });
});

describe('lists', () => {
  it('page events by token, and filter them by type', async () => {
    const { sessions, patch } = await startServices();
    for (let index = 0; index < 4; index++) await patch({ index });
    const first = await sessions.listSessionEvents({ sessionId, pageSize: 3 }, { headers });
    const second = await sessions.listSessionEvents(
      { sessionId, pageSize: 3, pageToken: first.nextPageToken },
      { headers },
    );
    expect([...first.events, ...second.events].map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3, 4, 5]);
    expect(second.nextPageToken).toBe('');
    const types = [SessionEventType.SESSION_CREATED];
    expect((await sessions.listSessionEvents({ sessionId, types }, { headers })).events).toHaveLength(1);
  });

  it('page sessions by token', async () => {
    const { sessions } = await startServices();
    await sessions.createSession(notificationsSession({ sessionId: 'sess_b' }), { headers });
    const first = await sessions.listSessions({ pageSize: 1 }, { headers });
    const second = await sessions.listSessions({ pageSize: 1, pageToken: first.nextPageToken }, { headers });
    expect([...first.sessions, ...second.sessions].map((session) => session.sessionId)).toEqual(['sess_b', 'sess_a']);
    expect(second.nextPageToken).toBe('');
  });

  it('wait for the first event when asked to', async () => {
    const { sessions, patch } = await startServices();
    const polled = sessions.listSessionEvents({ sessionId, afterSequence: 1n, wait: { seconds: 30n } }, { headers });
    await patch({ a: 1 });
    expect((await polled).events.map(({ sequence }) => Number(sequence))).toEqual([2]);
  });
});
