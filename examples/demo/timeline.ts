import type { SessionEvent } from '@vibes/agent-communication-bus';
import type { Paint } from './paint.ts';

/** Makes one line of an event: when (since the first one), who, what. */
export function createTimeline(paint: Paint): (event: SessionEvent) => string {
  let startedAt: number | undefined;
  return (event) => {
    const at = event.time?.getTime() ?? 0;
    if (startedAt === undefined) startedAt = at;
    const seconds = `+${((at - startedAt) / 1000).toFixed(2)} s`.padStart(9);
    return `${paint.dim(seconds)}  ${paint.agent(event.actor, event.actor.padEnd(26))}  ${describeEvent(event)}`;
  };
}

/** What happened, in words. Events that the demo does not cause are named by their type. */
export function describeEvent({ body }: SessionEvent): string {
  switch (body.case) {
    case 'sessionCreated':
      return `opened the session with ${body.value.session?.participants.map(({ agentId }) => agentId).join(', ')}`;
    case 'sharedContextUpdated':
      return `shared context is at revision ${body.value.contextRevision}`;
    case 'workflowUpdated':
      return `workflow: ${describeSteps(body.value.workflow)}`;
    case 'taskDelegated':
      return `asked ${body.value.task?.assignee}: ${body.value.task?.taskId}`;
    case 'taskDelivered':
      return `handed ${body.value.taskId} to ${body.value.assignee}`;
    case 'taskProgressed':
      return `${body.value.taskId} is at ${body.value.progress ?? '?'} %: ${body.value.note}`;
    case 'taskAttemptFailed':
      return `${body.value.error?.message}: ${body.value.nextAssignee} is asked for ${body.value.taskId}`;
    case 'taskCompleted':
      return `completed ${body.value.taskId}`;
    case 'taskFailed':
      return `failed ${body.value.taskId}: ${body.value.error?.message}`;
    case 'sessionCompleted':
      return 'completed the session';
    case 'sessionTerminated':
      return `broke the session off: ${body.value.termination?.reason}`;
    default:
      return body.case ?? 'something that this version does not know';
  }
}

type Workflow = Extract<SessionEvent['body'], { case: 'workflowUpdated' }>['value']['workflow'];

function describeSteps(workflow: Workflow): string {
  const completed = workflow?.completedSteps.map((name) => `${name} done`) ?? [];
  const current = workflow?.currentStep ? [`${workflow.currentStep} under way`] : [];
  const pending = workflow?.pendingSteps.map((name) => `${name} to come`) ?? [];
  return [...completed, ...current, ...pending].join(', ');
}
