import type { Session } from '../../../../gen/ts/agentbus/v1/session_pb.js';
import { type Task, TaskStatus } from '../../../../gen/ts/agentbus/v1/task_pb.js';
import { StepStatus, type WorkflowStep } from '../../../../gen/ts/agentbus/v1/workflow_pb.js';
import { isOpen } from '../../session/evolve-tasks.ts';
import type { Disagreement } from '../aggregate-answers.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { SessionHistory } from '../session-history.ts';
import { boundedList, boundedNames } from './bounded-list.ts';
import { escapeCode } from './escape.ts';
import { errorText, taskDuration } from './task-table.ts';

export interface OpenEnds {
  readonly session: Session;
  readonly history: SessionHistory;
  readonly conflicts: readonly Disagreement[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What somebody should look at: tasks that are open or did not succeed, steps that are not completed, conflicts. */
export function openEnds({ session, history, conflicts, now }: OpenEnds): string[] {
  const tasks = [...history.tasks.values()].filter(({ status }) => status !== TaskStatus.COMPLETED);
  const steps = (session.workflow?.steps ?? []).filter(({ status }) => status !== StepStatus.COMPLETED);
  // Lines are made when they are shown: there may be thousands that are not.
  const lines = [
    ...tasks.map((task) => () => taskLine(task, now)),
    ...steps.map((step) => () => stepLine(step)),
    ...conflicts.map((conflict) => () => conflictLine(conflict)),
  ];
  return lines.length === 0 ? ['None.'] : boundedList(lines, (line) => `* ${line()}`);
}

function taskLine(task: Task, now: number): string {
  const who = `Task ${escapeCode(task.taskId)} of ${escapeCode(task.assignee)}`;
  if (!isOpen(task)) return `${who} is ${TaskStatus[task.status]}: ${errorText(task.error)}`;
  const progress = task.progress === 0 ? '' : `, ${task.progress} % done`;
  return `${who} is ${TaskStatus[task.status]} after ${taskDuration(task, now)}${progress}`;
}

function stepLine({ name, status }: WorkflowStep): string {
  return `Step ${escapeCode(name)} is ${StepStatus[status]}`;
}

function conflictLine({ key, values }: Disagreement): string {
  const opinions = boundedNames(values, ({ value, agentIds }) => {
    const agents = boundedNames(agentIds, escapeCode);
    return `${escapeCode(canonicalJson(value))} (${agents})`;
  });
  return `Agents differ on ${escapeCode(key)}: ${opinions}`;
}
