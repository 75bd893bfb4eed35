import { create } from '@bufbuild/protobuf';
import { type Envelope, EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { Clock } from '../../lib/clock.ts';
import { createTimeoutSignal } from '../../lib/timeout-signal.ts';
import { TASK_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { actorOf, type Caller } from '../caller.ts';
import { type IncomingMessage, isTaskRequest } from '../message/incoming.ts';
import type { Messages, SendOutcome } from '../message/messages.ts';
import { isOpen } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { awaitEnd } from './await-end.ts';
import { looseSessionId } from './loose-tasks.ts';
import type { PlacedTask } from './open-tasks.ts';
import { taskNotFound } from './parent.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Sends a request and waits for its answer, DELIVERY_MODE_SYNC. A repeat of the call waits again, or is
 * answered from the record.
 *
 * Also rejects: DEADLINE_EXCEEDED when the wait is over before the task, TASK_TIMED_OUT, TASK_CANCELLED, TASK_NOT_FOUND for
 * a repeat whose task is forgotten; and the reason of the signal. The task goes on then, unless it has ended or the caller wanted otherwise.
 */
export type Ask = (caller: Caller, message: IncomingMessage, wait: AskOptions) => Promise<AskOutcome>;

export interface AskOptions {
  /** From the call on; undefined for the longest. */
  readonly waitMs: number | undefined;
  /** Whether the task is called off when the wait is over before it. */
  readonly cancelOnTimeout: boolean;
  readonly signal: AbortSignal;
}

export type AskOutcome = SendOutcome & { readonly reply: Envelope };

/** The tasks that calls wait for. */
export interface AwaitedTasks {
  has(task: Pick<Task, 'delegator' | 'messageId'>): boolean;
  /** Returns the end of the wait. */
  add(task: Pick<Task, 'delegator' | 'messageId'>): () => void;
}

export function createAwaitedTasks(): AwaitedTasks {
  const waits = new Map<string, number>();
  return {
    has: (task) => waits.has(nameOf(task)),
    add(task) {
      const name = nameOf(task);
      waits.set(name, (waits.get(name) ?? 0) + 1);
      return () => {
        const left = (waits.get(name) ?? 0) - 1;
        if (left > 0) waits.set(name, left);
        else waits.delete(name);
      };
    },
  };
}

export interface AskSurroundings {
  readonly messages: Pick<Messages, 'send'>;
  readonly registry: SessionRegistry;
  readonly supervisor: Supervisor;
  readonly awaited: AwaitedTasks;
  readonly clock: Clock;
}

export function createAsk({ messages, registry, supervisor, awaited, clock }: AskSurroundings): Ask {
  async function placedTask({ head }: IncomingMessage): Promise<PlacedTask> {
    const live = await registry.load(head.sessionId || looseSessionId(head.sender, head.messageId));
    const task = live?.tasks.get(head.messageId);
    // A repeat may come so late that the message is still known and its task is not.
    if (live === undefined || task === undefined) throw taskNotFound(head.messageId);
    return { live, task };
  }

  async function endOf({ live, task }: PlacedTask, until: number, signal: AbortSignal): Promise<Task | undefined> {
    const waiting = createTimeoutSignal(clock, until - clock.now(), signal);
    try {
      const ended = await awaitEnd(live, task.taskId, waiting.signal);
      // A call may end right after its wait: the wait counts then, and with it what was asked for at its end.
      if (ended === undefined && !waiting.timedOut) signal.throwIfAborted();
      return ended;
    } finally {
      waiting.cancel();
    }
  }

  async function callOff(caller: Caller, live: LiveSession, taskId: string): Promise<void> {
    const task = live.tasks.get(taskId);
    if (task === undefined || !isOpen(task)) return;
    const cancellation = { code: 'CANCELLED', reason: 'the wait for its answer was over' } as const;
    await supervisor.cancel({ live, task }, { cancellation, actor: actorOf(caller) });
  }

  return async (caller, message, wait) => {
    const { head } = message;
    requireTask(message);
    const until = clock.now() + Math.min(wait.waitMs ?? Infinity, TASK_LIMITS.maxSyncWaitMs);
    const endWait = awaited.add({ delegator: head.sender, messageId: head.messageId });
    try {
      const outcome = await messages.send(caller, message);
      const placed = await placedTask(message);
      const ended = await endOf(placed, until, wait.signal);
      if (ended === undefined) {
        if (wait.cancelOnTimeout) await callOff(caller, placed.live, placed.task.taskId);
        throw waitedTooLong(placed.task);
      }
      const answer = await readAnswer(registry, { live: placed.live, task: ended });
      if (answer === undefined) throw unanswered(ended);
      return { ...outcome, reply: replyOf(ended, answer) };
    } finally {
      endWait();
    }
  };
}

/** The answer as the log keeps it. */
function replyOf(task: Task, { agentId, messageId, result }: Answer): Envelope {
  return create(EnvelopeSchema, {
    messageId,
    sender: { agentId, sessionId: task.sessionId },
    recipient: { target: { case: 'agentId', value: task.delegator } },
    messageType: MessageType.TASK_RESPONSE,
    priority: task.priority,
    correlationId: task.messageId,
    step: task.step,
    metadata: task.traceparent === '' ? {} : { traceparent: task.traceparent },
    contentType: result.contentType,
    content: result.content,
  });
}

function requireTask({ head }: IncomingMessage): void {
  if (isTaskRequest(head)) return;
  throw new BusError('FIELD_INVALID', 'DELIVERY_MODE_SYNC is for a TASK_REQUEST: nothing else is answered', {
    field: 'message.routing.delivery_mode',
    rule: 'task_request',
  });
}

function waitedTooLong({ taskId }: Task): BusError {
  return new BusError('DEADLINE_EXCEEDED', `task ${taskId} has not ended within the wait`, { task_id: taskId });
}

function unanswered({ taskId, status, error }: Task): BusError {
  const reason = status === TaskStatus.CANCELLED ? 'TASK_CANCELLED' : 'TASK_TIMED_OUT';
  const message = `task ${taskId} ended without an answer: ${error?.message}`;
  return new BusError(reason, message, { task_id: taskId, cause: error?.reason ?? '' });
}

function nameOf({ delegator, messageId }: Pick<Task, 'delegator' | 'messageId'>): string {
  return `${delegator} ${messageId}`;
}
