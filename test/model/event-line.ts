import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { SessionEvent } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { StepStatus, type Workflow } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import { delegatedText } from './reference/obey.ts';
import { workflowText } from './reference/workflow.ts';
import type { StepStatus as StatusName } from './reference/world.ts';

/** What an event says, in the words of the model. */
export interface EventLine {
  readonly session: string;
  readonly text: string;
  /** When it happened. */
  readonly at: number;
  /** When the next attempt begins. */
  readonly begins?: number;
}

export function lineOf(event: SessionEvent): EventLine {
  const { sessionId: session, body } = event;
  const begins = body.case === 'taskAttemptFailed' && body.value.nextAttemptTime;
  const at = event.time ? timestampMs(event.time) : 0;
  return { session, text: textOf(event), at, ...(begins && { begins: timestampMs(begins) }) };
}

function textOf({ body }: SessionEvent): string {
  switch (body.case) {
    case 'sessionCreated':
      return `created ${workflowLine(body.value.session?.workflow)}`;
    case 'participantAdded':
      return `joined ${body.value.participant?.agentId} ${body.value.participant?.role}`;
    case 'participantRemoved':
      return `left ${body.value.agentId}`;
    case 'workflowUpdated':
      return `workflow ${workflowLine(body.value.workflow)}`;
    case 'sharedContextUpdated':
      return `context ${body.value.contextRevision}`;
    case 'messageSent':
      return `said ${body.value.messageId} ${body.value.sender} ${body.value.recipient}`;
    case 'taskDelegated': {
      const { task } = body.value;
      if (task === undefined) return 'delegated nothing';
      const { taskId: id, delegator, assignee, step, parentTaskId: parent, deadline } = task;
      return delegatedText({ id, delegator, assignee, step, parent, deadline: deadline && timestampMs(deadline) });
    }
    case 'taskDelivered':
      return `delivered ${body.value.taskId} ${body.value.assignee}#${body.value.attempt}`;
    case 'taskAccepted':
      return `accepted ${body.value.taskId} ${body.value.assignee}#${body.value.attempt}`;
    case 'taskProgressed':
      return `progressed ${body.value.taskId} ${body.value.agentId} ${body.value.progress}`;
    case 'taskAttemptFailed': {
      const { taskId, assignee, attempt, error, nextAssignee, nextAttempt } = body.value;
      return `attempt ${taskId} ${assignee}#${attempt} ${error?.reason} then ${nextAssignee}#${nextAttempt}`;
    }
    case 'taskCompleted':
      return `completed ${body.value.taskId} ${body.value.agentId}`;
    case 'taskFailed':
      return `failed ${body.value.taskId} ${body.value.agentId}`;
    case 'taskTimedOut':
      return `timedOut ${body.value.taskId} ${body.value.error?.reason}`;
    case 'taskCancelled':
      return `cancelled ${body.value.taskId} ${body.value.code}`;
    case 'taskResponseIgnored':
      return `ignored ${body.value.taskId} ${body.value.agentId} ${body.value.messageId}`;
    case 'sessionCompleted':
      return `ended ${SessionState[SessionState.COMPLETED]} `;
    case 'sessionTerminated':
      return `ended ${SessionState[SessionState.TERMINATED]} ${body.value.termination?.reason}`;
    case undefined:
      return 'an event without a body';
  }
}

/** A workflow of the bus in the words of the model. */
export function workflowLine(workflow: Workflow | undefined): string {
  const steps = (workflow?.steps ?? []).map(({ name, status }) => ({
    name,
    requires: [],
    after: [],
    onFailure: 'HOLD' as const,
    status: StepStatus[status] as StatusName,
  }));
  return workflowText({ steps, current: workflow?.currentStep ?? '' });
}
