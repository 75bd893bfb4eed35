import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Clock } from '../../lib/clock.ts';
import type { Backoff } from '../backoff.ts';
import { AgentbusError } from '../errors.ts';
import type { Content } from '../outgoing-message.ts';
import { sleep } from '../sleep.ts';
import type { BinaryResult, Handlers, TaskHandler, TaskResult } from './handlers.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { Reject } from './reject.ts';
import { RetryLater } from './retry-later.ts';
import type { Disposition } from './settlements.ts';
import { type ContextOptions, createMessageContext, createTaskContext, inherited } from './task-context.ts';
import type { RunState } from './work.ts';

/** What handling a message needs. */
export interface HandleOptions extends ContextOptions, RunState {
  readonly handlers: Handlers;
  readonly clock: Clock;
  /** Waits before a response is offered again to a delegator whose mailbox is full. */
  createBackoff(): Backoff;
}

/** First wait of a message whose handler threw, doubled with each delivery. */
const FIRST_REQUEUE_MS = 1_000;
/** Longest such wait. */
const LAST_REQUEUE_MS = 60_000;

/**
 * Has a message handled and says what becomes of its delivery; undefined when the bus took it away meanwhile. Never rejects.
 */
export async function handleMessage(
  message: IncomingMessage,
  options: HandleOptions,
): Promise<Disposition | undefined> {
  const { onTask, onMessage } = options.handlers;
  if (message.type === MessageType.TASK_REQUEST && onTask !== undefined) return handleTask(message, onTask, options);
  if (message.type === MessageType.TASK_REQUEST || onMessage === undefined) {
    return { kind: 'drop', reason: `the agent has no handler for ${MessageType[message.type] ?? message.type}` };
  }
  try {
    await onMessage(message, createMessageContext(message, options));
    return { kind: 'acknowledge' };
  } catch (thrown) {
    const delayMs = Math.min(FIRST_REQUEUE_MS * 2 ** Math.max(message.attempt - 1, 0), LAST_REQUEUE_MS);
    return givenBack(thrown, options) ?? { kind: 'requeue', delayMs, reason: textOf(thrown) };
  }
}

async function handleTask(
  message: IncomingMessage,
  handler: TaskHandler,
  options: HandleOptions,
): Promise<Disposition | undefined> {
  const context = createTaskContext(message, { ...options, send: sendWhileWanted(options) });
  let result: TaskResult;
  try {
    result = (await handler({ ...message, taskId: message.messageId }, context)) ?? undefined;
  } catch (thrown) {
    return givenBack(thrown, options) ?? respond(message, failure(thrown), options);
  }
  return respond(message, contentOf(result), options);
}

/** Whatever the handler of a task that was taken away still wants to send is refused with the reason of its signal. */
function sendWhileWanted({ send, signal, isWithdrawn }: HandleOptions): HandleOptions['send'] {
  return async (outgoing) => {
    if (isWithdrawn()) throw signal.reason;
    return send(outgoing);
  };
}

/** What the handler gave up is dropped; what could not be done now goes back to the mailbox. */
function givenBack(thrown: unknown, { signal }: HandleOptions): Disposition | undefined {
  if (thrown instanceof Reject) return { kind: 'drop', reason: thrown.message };
  if (thrown instanceof RetryLater) return { kind: 'requeue', delayMs: thrown.delayMs, reason: thrown.message };
  return signal.aborted ? { kind: 'requeue', delayMs: 0, reason: 'the agent left' } : undefined;
}

/**
 * Acknowledges a task only when its response is on disk, so that a crash in between delivers the task again
 * and no answer is lost. A response that the bus refuses is followed by one that says so; a task that
 * cannot be answered at all goes to the dead letters.
 */
async function respond(
  task: IncomingMessage,
  content: Content,
  options: HandleOptions,
): Promise<Disposition | undefined> {
  if (options.isWithdrawn()) return undefined;
  try {
    await sendResponse(task, content, options);
  } catch (refusal) {
    if (options.signal.aborted)
      return { kind: 'requeue', delayMs: 0, reason: 'the agent left before its response was on disk' };
    try {
      await sendResponse(task, failure(refusal), options);
    } catch {
      return { kind: 'drop', reason: `the response was refused: ${textOf(refusal)}` };
    }
  }
  return { kind: 'acknowledge' };
}

async function sendResponse(task: IncomingMessage, content: Content, options: HandleOptions): Promise<void> {
  const { send, clock, signal } = options;
  const backoff = options.createBackoff();
  for (;;) {
    try {
      const about = { to: task.sender, type: MessageType.TASK_RESPONSE, correlationId: task.messageId };
      await send({ ...inherited(task), ...content, ...about });
      return;
    } catch (thrown) {
      // The work is done and may have been dear: its result waits for room, where a refusal would repeat the work.
      if (!isForWantOfRoom(AgentbusError.from(thrown))) throw thrown;
      await sleep(clock, backoff.next(), signal);
      if (signal.aborted) throw thrown;
    }
  }
}

/** The mailbox of the delegator is full, or, which nobody but this agent says, without a reason, too much is unanswered. */
function isForWantOfRoom({ code, reason }: AgentbusError): boolean {
  return reason === 'MAILBOX_FULL' || (code === 'RESOURCE_EXHAUSTED' && reason === undefined);
}

function contentOf(result: TaskResult): Content {
  if (result === undefined) return {};
  return isBinary(result) ? { data: result.data, contentType: result.contentType } : { payload: result };
}

function isBinary(result: NonNullable<TaskResult>): result is BinaryResult {
  return (result as BinaryResult).data instanceof Uint8Array;
}

/** What the bus reads as the end of a task without success. */
function failure(thrown: unknown): Content {
  const reason =
    thrown instanceof AgentbusError ? (thrown.reason ?? thrown.code) : thrown instanceof Error ? thrown.name : 'failed';
  return { payload: { status: 'failed', error: { reason, message: textOf(thrown) } } };
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'unknown';
  }
}
