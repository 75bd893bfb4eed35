import { create, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { EnvelopeSchema, MessageType, Priority } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { NewMessage } from '../../engine/engine.ts';
import { mintId } from '../../lib/ids.ts';
import type { Random } from '../../lib/random.ts';
import { TASK_LIMITS } from '../../limits.ts';
import { BUS_AGENT_ID } from '../agent-id.ts';
import { fingerprintOf } from '../message/fingerprint.ts';

/** What the bus tells an agent about a task. */
export interface BusNews {
  readonly task: Task;
  /** Agent id. */
  readonly recipient: string;
  readonly messageType: MessageType.ERROR | MessageType.NOTIFICATION;
  readonly payload: JsonObject;
  /** How long it is of use; absent: until it is read. */
  readonly ttlMs?: number;
}

/**
 * A message of the bus's own, about a task: its `correlation_id` is the message_id of the request. It overtakes what
 * waits, because it is about work that is under way.
 */
export function busMessage(news: BusNews, { now, random }: { now: number; random: Random }): NewMessage {
  const { task, recipient, messageType, payload, ttlMs } = news;
  const messageId = mintId('bus', random);
  const envelope = toBinary(
    EnvelopeSchema,
    create(EnvelopeSchema, {
      messageId,
      sender: { agentId: BUS_AGENT_ID, sessionId: task.sessionId },
      recipient: { target: { case: 'agentId', value: recipient } },
      messageType,
      priority: Priority.CRITICAL,
      correlationId: task.messageId,
      timestamp: timestampFromMs(now),
      content: { case: 'payload', value: payload },
      ...(task.traceparent !== '' && { metadata: { traceparent: task.traceparent } }),
    }),
  );
  return {
    sender: BUS_AGENT_ID,
    messageId,
    fingerprint: fingerprintOf(envelope),
    recipients: [recipient],
    priority: Priority.CRITICAL,
    acceptedAt: now,
    envelope,
    ...(ttlMs !== undefined && { expiresAt: now + ttlMs }),
  };
}

/** Why work on a task is of no use any more. */
export interface TakenBack {
  readonly event: 'task_cancelled' | 'task_withdrawn';
  /** For programs. */
  readonly code: string;
  /** For people. */
  readonly reason: string;
}

/** Tells the agent that has a task that it need not go on. */
export function taskTakenBack(task: Task, { event, code, reason }: TakenBack): BusNews {
  return {
    task,
    recipient: task.assignee,
    messageType: MessageType.NOTIFICATION,
    // Outside of sessions a task is known by its delegator and its id together.
    payload: { event, task_id: task.taskId, delegator: task.delegator, code, reason },
    ttlMs: TASK_LIMITS.takenBackTtlMs,
  };
}

/** Tells the agent that delegated a task that nobody did it. */
export function taskGivenUp(task: Task, error: { reason: string; message: string }): BusNews {
  return {
    task,
    recipient: task.delegator,
    messageType: MessageType.ERROR,
    payload: { event: 'task_timed_out', task_id: task.taskId, code: error.reason, reason: error.message },
  };
}
