import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionSchema, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { StepStatus } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { rosterOf } from '../../../src/bus/aggregation/roster.ts';
import { createSessionHistory, type SessionHistory } from '../../../src/bus/aggregation/session-history.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../../open-bus.ts';

export const START = Date.parse('2026-02-01T09:00:00Z');
export const MINUTE = 60_000;
export const SPARE = 'codex://spare';

type Body = Extract<MessageInitShape<typeof SessionEventSchema>, { body?: unknown }>['body'];
type Delegation = Partial<Record<'step' | 'parentTaskId', string>>;

/** Events of one session, numbered, each so many milliseconds after its start. */
export interface EventLog {
  readonly events: SessionEvent[];
  add(atMs: number, body: Body): void;
  delegate(atMs: number, task: { taskId: string; assignee: string } & Delegation): void;
}

export function createEventLog(): EventLog {
  const events: SessionEvent[] = [];
  const add = (atMs: number, body: Body) => {
    const sequence = BigInt(events.length + 1);
    events.push(create(SessionEventSchema, { sequence, time: timestampFromMs(START + atMs), body } as never));
  };
  return {
    events,
    add,
    delegate(atMs, fields) {
      const time = timestampFromMs(START + atMs);
      const task = {
        delegator: ORCHESTRATOR,
        requestedAssignee: fields.assignee,
        status: TaskStatus.QUEUED,
        attempt: 1,
        createdAt: time,
        updatedAt: time,
        ...fields,
      };
      add(atMs, { case: 'taskDelegated', value: { task } });
    },
  };
}

/** The tutorial's session with a spare backend, half an hour after its start and in its second step. */
export function notifications(fields: Partial<MessageInitShape<typeof SessionSchema>> = {}) {
  const at = (minutes: number) => timestampFromMs(START + minutes * MINUTE);
  return create(SessionSchema, {
    sessionId: 'sess_notifications_20260201',
    orchestrator: ORCHESTRATOR,
    participants: [
      { agentId: BACKEND, role: 'implementer', status: ParticipantStatus.REMOVED },
      { agentId: FRONTEND, role: 'implementer', status: ParticipantStatus.ACTIVE },
      { agentId: QA, role: 'reviewer', status: ParticipantStatus.ACTIVE },
      { agentId: SPARE, role: 'implementer', status: ParticipantStatus.ACTIVE },
    ],
    workflow: {
      steps: [
        {
          name: 'design',
          status: StepStatus.COMPLETED,
          requiredAgents: [ORCHESTRATOR],
          startedAt: at(0),
          completedAt: at(12),
        },
        {
          name: 'implementation',
          status: StepStatus.IN_PROGRESS,
          requiredAgents: [BACKEND, FRONTEND],
          startedAt: at(12),
        },
        { name: 'review', status: StepStatus.PENDING, requiredAgents: [QA] },
      ],
    },
    state: SessionState.ACTIVE,
    createdAt: at(0),
    updatedAt: at(30),
    ...fields,
  } as MessageInitShape<typeof SessionSchema>);
}

/** The history that a session's events make. */
export function historyOf(session: ReturnType<typeof notifications>, events: readonly SessionEvent[]): SessionHistory {
  const history = createSessionHistory(rosterOf(session));
  for (const event of events) history.add(event);
  return history;
}
