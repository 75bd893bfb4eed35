import { create } from '@bufbuild/protobuf';
import { DeliveryMode, MessageType, ReplyMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageSentSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { NewMessage } from '../../engine/engine.ts';
import { BusError } from '../bus-error.ts';
import type { Draft } from '../session/draft.ts';
import { workflowInvalid } from '../session/start-workflow.ts';
import { answered, answeredInVain, progressed } from '../task/answer.ts';
import { deadlineOf, delegateTasks } from '../task/delegate.ts';
import { answerTask } from '../task/end-task.ts';
import { isLoose } from '../task/loose-tasks.ts';
import { mayBeRepeated } from '../task/next-attempt.ts';
import type { PlacedTask } from '../task/open-tasks.ts';
import { openTaskOf, tasksOfMessage } from '../task/task-names.ts';
import { type IncomingMessage, isTaskRequest } from './incoming.ts';
import { tagOf } from './tags.ts';

/** What the mail of a message is made of. */
export interface PlainSending {
  readonly message: IncomingMessage;
  readonly fingerprint: Uint8Array;
  /** Agent ids, each once. */
  readonly recipients: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Longest time that it may wait for its recipient if it does not say; undefined for any. */
  readonly defaultTtlMs: number | undefined;
}

/** A message that is about to be accepted. */
export interface Sending extends PlainSending {
  /** The task that caused it. */
  readonly parent: PlacedTask | undefined;
  /** Whether a call waits for the end of a task. */
  isAwaited(task: Task): boolean;
}

/** The message as it goes to the engine when it means nothing to a session or a task. */
export function plainMail(sending: PlainSending): NewMessage {
  const { message, fingerprint, recipients, now, defaultTtlMs } = sending;
  const { head, bytes } = message;
  const mail = {
    sender: head.sender,
    messageId: head.messageId,
    fingerprint,
    recipients,
    priority: head.priority,
    acceptedAt: now,
    tag: tagOf({ isTask: isTaskRequest(head), receipts: head.receipts }),
    envelope: bytes,
  };
  const expiresAt = head.expiresAt ?? (defaultTtlMs && now + defaultTtlMs);
  return expiresAt === undefined ? mail : { ...mail, expiresAt };
}

/**
 * Adds what a message means in its session, and the message itself, which it gives. Throws TASK_ID_TAKEN,
 * LIMIT_REACHED, FIELD_INVALID, WORKFLOW_INVALID.
 */
export function decideMessage(draft: Draft, sending: Sending): NewMessage {
  const { head } = sending.message;
  requireKnownStep(draft, head.step);
  switch (head.messageType) {
    case MessageType.TASK_REQUEST:
      return request(draft, sending);
    case MessageType.TASK_RESPONSE:
      return response(draft, sending);
    case MessageType.STATUS_UPDATE:
      return report(draft, sending);
    default:
      return tell(draft, sending);
  }
}

function request(draft: Draft, sending: Sending): NewMessage {
  const { message, recipients } = sending;
  const { head } = message;
  const parent = sending.parent?.task;
  const deadline = deadlineOf(head.expiresAt, parent);
  delegateTasks(draft, { message, recipients, parent, deadline });
  const keep = mayBeRepeated(message.envelope());
  return sent(draft, {
    ...plainMail(sending),
    ...(deadline !== undefined && { expiresAt: deadline }),
    ...(keep && { keep }),
  });
}

function response(draft: Draft, sending: Sending): NewMessage {
  const { message } = sending;
  const task = openTaskOf(draft.tasks, message.head.correlationId, message.head.sender);
  if (task !== undefined) {
    const mail = sent(draft, replyMail(task, sending));
    answerTask(draft, task, answered(task, message));
    return mail;
  }
  if (isNewsOf(draft, message)) draft.add(answeredInVain(message));
  return sent(draft, plainMail(withoutUnread(draft, sending)));
}

/**
 * Whether an answer to nothing open goes on record. The log of a task outside of sessions ends with the task, and has no
 * members: only those that were to do the task write to it.
 */
function isNewsOf({ session, tasks }: Draft, { head }: IncomingMessage): boolean {
  if (!isLoose(session.sessionId)) return true;
  const task = tasks.get(head.correlationId);
  const asked = [task?.requestedAssignee, ...(task?.routing?.fallbackAgents ?? [])];
  return session.state === SessionState.ACTIVE && asked.includes(head.sender);
}

function report(draft: Draft, sending: Sending): NewMessage {
  const { message, recipients } = sending;
  const task = openTaskOf(draft.tasks, message.head.correlationId, message.head.sender);
  if (task === undefined) return tell(draft, withoutUnread(draft, sending));
  draft.add(progressed(task, message));
  const isKeptAlone = task.routing?.replyMode === ReplyMode.SESSION;
  return sent(draft, { ...plainMail(sending), recipients: isKeptAlone ? [] : recipients });
}

function tell(draft: Draft, sending: Sending): NewMessage {
  const { message, recipients } = sending;
  // The log of a task outside of sessions has nothing to say of other messages.
  for (const recipient of isLoose(draft.session.sessionId) ? [] : recipients) {
    draft.add({ case: 'messageSent', value: messageSent(message, recipient) });
  }
  return sent(draft, plainMail(sending));
}

function messageSent({ head, bytes }: IncomingMessage, recipient: string) {
  return create(MessageSentSchema, {
    messageId: head.messageId,
    sender: head.sender,
    recipient,
    messageType: head.messageType,
    priority: head.priority,
    correlationId: head.correlationId,
    step: head.step,
    envelopeBytes: bytes.length,
  });
}

function sent(draft: Draft, mail: NewMessage): NewMessage {
  draft.send(mail);
  return mail;
}

/** An answer goes to the call that waits for it, or into the mailbox, or into the session alone, as its delegator asked. */
function replyMail(task: Task, sending: Sending): NewMessage {
  const isKeptAlone = task.routing?.replyMode === ReplyMode.SESSION || sending.isAwaited(task);
  return isKeptAlone ? { ...plainMail(sending), recipients: [] } : plainMail(sending);
}

/** What comes too late is no mail either for a delegator that asked for none. */
function withoutUnread(draft: Draft, sending: Sending): Sending {
  const name = sending.message.head.correlationId;
  const task = draft.tasks.get(name) ?? tasksOfMessage(draft.tasks, name).next().value;
  return task?.routing?.replyMode === ReplyMode.SESSION ? { ...sending, recipients: [] } : sending;
}

function requireKnownStep({ session }: Draft, step: string): void {
  if (step === '' || session.workflow?.steps.some(({ name }) => name === step)) return;
  throw workflowInvalid(step, 'unknown_step', 'the workflow has no such step');
}

/** Throws FIELD_INVALID for a call that would wait for several answers. */
export function requireOneAnswer({ head }: IncomingMessage, recipients: readonly string[]): void {
  if (head.deliveryMode !== DeliveryMode.SYNC || recipients.length === 1) return;
  throw new BusError(
    'FIELD_INVALID',
    `DELIVERY_MODE_SYNC waits for one answer; ${recipients.length} agents are meant`,
    {
      field: 'message.routing.delivery_mode',
      rule: 'one_recipient',
      bound: 1,
    },
  );
}
