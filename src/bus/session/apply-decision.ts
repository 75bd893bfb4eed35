import { StepStatus, type Workflow } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { endSession, moveOn } from '../task/end-task.ts';
import type { Decide } from './commands.ts';
import type { Draft } from './draft.ts';

/** Adds what a command decides, and what follows from it: an ending calls off open tasks, a step that starts may be done. */
export function applyDecision(draft: Draft, decide: Decide): void {
  for (const body of decide(draft.session, draft.now)) {
    const { workflow } = draft.session;
    switch (body.case) {
      case 'sessionCompleted':
      case 'sessionTerminated':
        endSession(draft, body);
        break;
      case 'workflowUpdated':
        draft.add(body);
        moveOn(draft, startedSince(workflow, draft.session.workflow));
        break;
      default:
        draft.add(body);
    }
  }
}

/** Steps that were PENDING and are under way: tasks that named them before count now. */
function startedSince(before: Workflow | undefined, after: Workflow | undefined): string[] {
  const pending = new Set(before?.steps.filter(({ status }) => status === StepStatus.PENDING).map(({ name }) => name));
  const started = after?.steps.filter(({ name, status }) => status === StepStatus.IN_PROGRESS && pending.has(name));
  return (started ?? []).map(({ name }) => name);
}
