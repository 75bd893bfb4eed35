import { create } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, expectTypeOf, test } from 'vitest';
import { RoutingSchema } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { SessionEventSchema } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionSchema, SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { toPlain } from '../../src/client/plain.ts';
import type { Session, SessionEvent } from '../../src/client/records.ts';

// Goal: messages of the contract come out as objects that a program can use, print and compare without the codec.
const CREATED = Date.parse('2026-01-01T00:00:00.250Z');

test('timestamps are dates, durations milliseconds, 64-bit integers numbers', () => {
  const session = create(SessionSchema, {
    sessionId: 'sess_a',
    contextRevision: 3n,
    createdAt: timestampFromMs(CREATED),
    idleTimeout: durationFromMs(1_500),
    state: SessionState.ACTIVE,
    participants: [{ agentId: 'codex://frontend', joinTime: timestampFromMs(CREATED) }],
    labels: { team: 'blue' },
  });
  expect(toPlain(SessionSchema, session)).toEqual({
    sessionId: 'sess_a',
    orchestrator: '',
    participants: [{ agentId: 'codex://frontend', framework: '', role: '', status: 0, joinTime: new Date(CREATED) }],
    contextRevision: 3,
    state: SessionState.ACTIVE,
    labels: { team: 'blue' },
    createdAt: new Date(CREATED),
    lastSequence: 0,
    idleTimeoutMs: 1_500,
  });
});

test('a choice keeps its case, and its value is plain as well', () => {
  const event = create(SessionEventSchema, {
    sequence: 2n,
    body: { case: 'taskDelegated', value: { task: { taskId: 't', routing: { timeout: durationFromMs(300_000) } } } },
  });
  expect(toPlain(SessionEventSchema, event)).toMatchObject({
    sequence: 2,
    body: {
      case: 'taskDelegated',
      value: { task: { taskId: 't', routing: { timeoutMs: 300_000, fallbackAgents: [] } } },
    },
  });
  expect(toPlain(SessionEventSchema, create(SessionEventSchema)).body).toEqual({ case: undefined });
});

test('content that looks like a message stays content', () => {
  const sharedContext = { $typeName: 'google.protobuf.Timestamp', seconds: '1', nested: { idleTimeout: 1 } };
  expect(toPlain(SessionSchema, create(SessionSchema, { sharedContext })).sharedContext).toEqual(sharedContext);
});

test('nothing of the codec is left', () => {
  const plain = toPlain(RoutingSchema, create(RoutingSchema, { retryPolicy: { maxRetries: 1 } }));
  expect(JSON.stringify(plain)).not.toContain('$');
});

test('the types say the same', () => {
  expectTypeOf<Session['createdAt']>().toEqualTypeOf<Date | undefined>();
  expectTypeOf<Session['lastSequence']>().toEqualTypeOf<number>();
  expectTypeOf<Session['idleTimeoutMs']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<NonNullable<Session['participants'][number]['joinTime']>>().toEqualTypeOf<Date>();
  type Delegated = Extract<SessionEvent['body'], { case: 'taskDelegated' }>['value'];
  expectTypeOf<NonNullable<NonNullable<Delegated['task']>['routing']>['timeoutMs']>().toEqualTypeOf<
    number | undefined
  >();
  // @ts-expect-error: the codec's own name is gone.
  expectTypeOf<Session['$typeName']>().toBeString();
});
