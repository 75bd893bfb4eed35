import { create } from '@bufbuild/protobuf';
import { TaskAcceptedSchema, TaskDeliveredSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { EndedMessage, Lease, MessageKey, TaggedMessage } from '../../engine/engine.ts';
import type { MailFollower } from '../message/mail-follower.ts';
import { isOfAttempt, isTask } from '../message/tags.ts';
import type { EventBody } from '../session/event-body.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { OpenTasks, PlacedTask } from './open-tasks.ts';
import type { Supervisor } from './supervisor.ts';

export interface TaskMailOptions {
  readonly registry: SessionRegistry;
  readonly openTasks: OpenTasks;
  readonly supervisor: Supervisor;
  /** The store failed; the process is about to stop. */
  failed(error: unknown): void;
}

/** Makes events of what becomes of the mail of tasks. */
export function followTaskMail({ registry, openTasks, supervisor, failed }: TaskMailOptions): MailFollower {
  /** The task that an agent was given by this mail. Mail of an attempt that is over says nothing about the next one. */
  const find = ({ sender, messageId, tag }: MessageKey & { tag: number }, assignee: string): PlacedTask | undefined => {
    if (!isTask(tag)) return undefined;
    const placed = openTasks.find({ delegator: sender, messageId, assignee });
    return placed && isOfAttempt(tag, placed.task.attempt) ? placed : undefined;
  };
  return {
    delivered(agentId, leases: readonly Lease[]) {
      for (const lease of leases) {
        const placed = find(lease, agentId);
        // A request that is handed out again is news of the mail, and none of the task.
        if (placed?.task.status !== TaskStatus.QUEUED) continue;
        void registry.append(placed.live, { bodies: [delivered(placed)] }, { actor: 'bus' }).catch(failed);
      }
    },
    async acknowledged(agentId, messages: readonly TaggedMessage[]) {
      const writes = messages.flatMap((message) => {
        const placed = find(message, agentId);
        if (placed === undefined || placed.task.status === TaskStatus.WORKING) return [];
        return [registry.append(placed.live, { bodies: [accepted(placed)] }, { actor: agentId })];
      });
      await Promise.all(writes);
    },
    ended(message: EndedMessage) {
      const placed = message.state === 'withdrawn' ? undefined : find(message, message.recipient);
      if (placed === undefined) return;
      const failure = { reason: 'NOT_DELIVERED', message: message.reason };
      void supervisor.attemptFailed(placed, failure).catch(failed);
    },
  };
}

/** The event of an assignee that acknowledged its task. */
export function accepted({ task: { taskId, assignee, attempt } }: PlacedTask): EventBody {
  return { case: 'taskAccepted', value: create(TaskAcceptedSchema, { taskId, assignee, attempt }) };
}

function delivered({ task: { taskId, assignee, attempt } }: PlacedTask): EventBody {
  return { case: 'taskDelivered', value: create(TaskDeliveredSchema, { taskId, assignee, attempt }) };
}
