/** Goal: a task is one span, however often it is tried and however it ends. Method: events by hand, a tracer that takes notes. */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, it } from 'vitest';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionSchema } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { looseSessionId } from '../../../src/bus/task/loose-tasks.ts';
import { traceTasks } from '../../../src/bus/task/trace-tasks.ts';
import { NO_TRACER } from '../../../src/bus/tracer.ts';
import type { MessageKey } from '../../../src/engine/engine.ts';
import { TRACE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { createRecordingTracer } from '../../recording-tracer.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const DELEGATOR = 'claude-code://orchestrator';
type Body = NonNullable<MessageInitShape<typeof SessionEventSchema>['body']>;

function open() {
  const tracer = createRecordingTracer(createFakeClock());
  let listener: ((event: SessionEvent, session: Session) => void) | undefined;
  const onEvent = (listening: typeof listener) => {
    listener = listening;
    return () => {
      listener = undefined;
    };
  };
  const parentOf = ({ sender, messageId }: MessageKey) => (messageId === 'known' ? `send of ${sender}` : undefined);
  const stop = traceTasks({ tracer, onEvent, parentOf });
  const happens = (body: Body, atMs: number, sessionId = 'sess_a') =>
    listener?.(create(SessionEventSchema, { sessionId, time: timestampFromMs(atMs), body }), create(SessionSchema));
  return { spans: tracer.spans, happens, stop };
}

function delegated(taskId: string, fields: object = {}): Body {
  const task = { taskId, messageId: taskId, delegator: DELEGATOR, assignee: 'codex://a', ...fields };
  return { case: 'taskDelegated', value: { task } };
}

it('a task is a span with its names, from the delegation to the answer', () => {
  const { spans, happens } = open();
  happens(delegated('t-1', { step: 'build', parentTaskId: 't-0', traceparent: TRACEPARENT }), 1_000);
  happens({ case: 'taskCompleted', value: { taskId: 't-1', agentId: 'codex://a' } }, 4_000);
  expect(spans).toEqual([
    {
      name: 'task',
      traceparent: 'span-1',
      parent: TRACEPARENT,
      startedAt: 1_000,
      endedAt: 4_000,
      attributes: {
        'agentbus.task_id': 't-1',
        'agentbus.session_id': 'sess_a',
        'agentbus.delegator': DELEGATOR,
        'agentbus.step': 'build',
        'agentbus.parent_task_id': 't-0',
        'agentbus.status': 'COMPLETED',
        'agentbus.attempts': 1,
        'agentbus.assignee': 'codex://a',
      },
    },
  ]);
});

it.each([
  { how: 'taskFailed', status: 'FAILED' },
  { how: 'taskTimedOut', status: 'TIMED_OUT' },
  { how: 'taskCancelled', status: 'CANCELLED' },
] as const)('a task that comes to nothing is an error: $status', ({ how, status }) => {
  const { spans, happens } = open();
  happens(delegated('t-1'), 1_000);
  happens({ case: how, value: { taskId: 't-1' } }, 2_000);
  expect(spans).toMatchObject([{ error: status, attributes: { 'agentbus.status': status } }]);
});

it('further attempts are counted, and the last one asked is named', () => {
  const { spans, happens } = open();
  happens(delegated('t-1'), 1_000);
  happens({ case: 'taskAttemptFailed', value: { taskId: 't-1', nextAssignee: 'codex://b', nextAttempt: 1 } }, 2_000);
  expect(spans[0]).not.toHaveProperty('endedAt');
  happens({ case: 'taskCompleted', value: { taskId: 't-1' } }, 3_000);
  expect(spans).toMatchObject([{ attributes: { 'agentbus.attempts': 2, 'agentbus.assignee': 'codex://b' } }]);
});

it.each([
  { taskId: 'known', traceparent: '', parent: `send of ${DELEGATOR}` },
  { taskId: 'unknown', traceparent: '', parent: undefined },
  { taskId: 'known', traceparent: 'nonsense', parent: `send of ${DELEGATOR}` },
])('a task without a valid trace joins what is known of its request: $taskId "$traceparent"', (expected) => {
  const { spans, happens } = open();
  happens(delegated(expected.taskId, { traceparent: expected.traceparent }), 1_000);
  expect(spans).toMatchObject([{ parent: expected.parent }]);
});

it('tasks of the same name in two sessions, and outside of them, are three', () => {
  const { spans, happens } = open();
  const loose = looseSessionId(DELEGATOR, 't-1');
  for (const sessionId of ['sess_a', 'sess_b', loose]) happens(delegated('t-1'), 1_000, sessionId);
  happens({ case: 'taskCompleted', value: { taskId: 't-1' } }, 2_000, loose);
  expect(spans.map(({ endedAt }) => endedAt)).toEqual([undefined, undefined, 2_000]);
  expect(spans.map(({ attributes }) => attributes['agentbus.session_id'])).toEqual(['sess_a', 'sess_b', undefined]);
});

it('the end of a task that began before the bus is passed over', () => {
  const { spans, happens } = open();
  happens({ case: 'taskAttemptFailed', value: { taskId: 't-1' } }, 1_000);
  happens({ case: 'taskCompleted', value: { taskId: 't-1' } }, 2_000);
  expect(spans).toEqual([]);
});

it('tasks that are followed are bounded: the oldest is let go', () => {
  const { spans, happens } = open();
  for (let index = 0; index <= TRACE_LIMITS.maxOpen; index++) happens(delegated(`t-${index}`), 1_000);
  expect(spans.filter(({ endedAt }) => endedAt !== undefined)).toMatchObject([
    { attributes: { 'agentbus.task_id': 't-0', 'agentbus.outcome': 'not_followed' } },
  ]);
  happens({ case: 'taskCompleted', value: { taskId: 't-0' } }, 2_000);
});

it('a bus without traces does not listen', () => {
  const onEvent = () => {
    throw new Error('nobody should listen');
  };
  traceTasks({ tracer: NO_TRACER, onEvent, parentOf: () => undefined })();
});
