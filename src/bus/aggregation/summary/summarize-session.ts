import { type Timestamp, timestampDate, timestampMs } from '@bufbuild/protobuf/wkt';
import { ParticipantStatus } from '../../../../gen/ts/agentbus/v1/participant_pb.js';
import { type Session, SessionState } from '../../../../gen/ts/agentbus/v1/session_pb.js';
import { type Task, TaskStatus } from '../../../../gen/ts/agentbus/v1/task_pb.js';
import { StepStatus, type WorkflowStep } from '../../../../gen/ts/agentbus/v1/workflow_pb.js';
import { AGGREGATION_LIMITS } from '../../../limits.ts';
import type { SessionHistory } from '../session-history.ts';
import { boundedList, boundedNames, boundedTable } from './bounded-list.ts';
import { durationText } from './duration-text.ts';
import { escapeCode, escapeQuote, escapeText } from './escape.ts';
import { type OpenEnds, openEnds } from './open-ends.ts';
import { taskTable } from './task-table.ts';

/**
 * An executive summary of a session in Markdown. Pure, and bounded: each list ends after some lines, each text
 * after some characters. What agents wrote is escaped.
 */
export function summarizeSession(parts: OpenEnds): string {
  const { session, history } = parts;
  const now = lastMoment(parts);
  const sections = [
    [`# Session ${escapeCode(session.sessionId)}`],
    facts(parts),
    ['## Outcome'],
    outcome(session),
    ['## Participants'],
    participants(session),
    ['## Steps'],
    steps(session, now),
    ['## Tasks'],
    taskTable(history, now),
    ['## Artifacts'],
    artifacts(session, history),
    ['## Open ends'],
    openEnds({ ...parts, now }),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** In an ended session nothing goes on: what was open took until its end. */
function lastMoment({ session: { state, updatedAt }, now }: OpenEnds): number {
  return state === SessionState.ACTIVE || updatedAt === undefined ? now : timestampMs(updatedAt);
}

function facts({ session, history, now }: OpenEnds): string[] {
  const { state, createdAt, updatedAt } = session;
  const end = state === SessionState.ACTIVE ? undefined : updatedAt;
  return [
    `* State: ${SessionState[state]}`,
    `* Orchestrator: ${escapeCode(session.orchestrator)}`,
    `* Time: ${timeText(createdAt)} to ${end ? timeText(end) : 'now'} (${between(createdAt, end, now)})`,
    `* Tasks: ${taskCounts([...history.tasks.values()])}`,
    `* Answers to compare: ${history.answers.length}`,
  ];
}

function taskCounts(tasks: readonly Task[]): string {
  const counts = new Map<TaskStatus, number>();
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  // In the order of the contract, which is that of a task's life.
  const parts = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${count} ${TaskStatus[status]}`);
  return parts.length === 0 ? '0' : `${tasks.length} (${parts.join(', ')})`;
}

function outcome({ completion, termination }: Session): string[] {
  if (completion !== undefined) return completion.summary === '' ? ['No summary.'] : escapeQuote(completion.summary);
  if (termination === undefined) return ['The session is under way.'];
  const reason = `Terminated: ${escapeCode(termination.reason)}`;
  return termination.details === '' ? [reason] : [reason, '', ...escapeQuote(termination.details)];
}

function participants(session: Session): string[] {
  return boundedTable(['Agent', 'Role', 'Status'], session.participants, ({ agentId, role, status }) => [
    escapeCode(agentId),
    escapeText(role),
    ParticipantStatus[status],
  ]);
}

function steps({ workflow }: Session, now: number): string[] {
  const head = ['Step', 'Status', 'Required agents', 'Duration'];
  return boundedTable(head, workflow?.steps ?? [], (step) => [
    escapeCode(step.name),
    StepStatus[step.status],
    boundedNames(step.requiredAgents, escapeCode) || '–',
    stepDuration(step, now),
  ]);
}

function stepDuration({ startedAt, completedAt }: WorkflowStep, now: number): string {
  return startedAt === undefined ? '–' : between(startedAt, completedAt, now);
}

/** Those that the session was completed with first; what is named twice is listed once. */
function artifacts({ completion }: Session, history: SessionHistory): string[] {
  const makers = new Map((completion?.artifacts ?? []).map((text) => [text, '']));
  for (const { text, agentId } of history.artifacts) makers.set(text, makers.get(text) || agentId);
  if (makers.size === 0) return ['None.'];
  return boundedList([...makers], ([text, agentId]) => {
    const maker = agentId === '' ? '' : ` by ${escapeCode(agentId)}`;
    return `* ${escapeCode(text, AGGREGATION_LIMITS.maxSummaryArtifact)}${maker}`;
  });
}

function timeText(time: Timestamp | undefined): string {
  if (time === undefined) return '–';
  return `${timestampDate(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function between(start: Timestamp | undefined, end: Timestamp | undefined, now: number): string {
  if (start === undefined) return '–';
  return durationText((end ? timestampMs(end) : now) - timestampMs(start));
}
