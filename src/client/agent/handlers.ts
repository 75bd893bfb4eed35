import type { JsonObject } from '@bufbuild/protobuf';
import type { NewTask } from '../new-task.ts';
import type { OutgoingMessage } from '../outgoing-message.ts';
import type { Receipt, SessionEvent } from '../records.ts';
import type { IncomingMessage, IncomingTask } from './incoming-message.ts';
import type { SendOutcome } from './pending-sends.ts';

/**
 * Does a task. What it returns becomes the TASK_RESPONSE: a JSON object, or bytes with their media type, or nothing. What it
 * throws becomes one with the status `failed`, except {@link RetryLater} and {@link Reject}.
 *
 * The task is acknowledged once its response is on disk. A crash in between delivers it again: work that must
 * not happen twice keeps a record under `task.taskId`.
 */
export type TaskHandler = (
  task: IncomingTask,
  context: TaskContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is a good one.
) => TaskResult | void | Promise<TaskResult | void>;

/** What a task came to. */
export type TaskResult = JsonObject | BinaryResult | undefined;

/** A result that is not JSON. */
export interface BinaryResult {
  readonly data: Uint8Array;
  /** Its media type. */
  readonly contentType: string;
}

/**
 * Takes a message that is not a task. It is acknowledged when the handler returns. When it throws, the message comes again
 * after a delay that grows with each delivery, or that {@link RetryLater} names; {@link Reject} gives it up.
 */
export type MessageHandler = (message: IncomingMessage, context: MessageContext) => void | Promise<void>;

/** What a handler may use besides its message. */
export interface MessageContext {
  /**
   * Aborts when the agent closes or loses its place: stop soon. What is thrown then counts as not handled.
   *
   * In a task it aborts as well when the task is taken away. Nothing that the handler returns or throws is sent then, and what
   * it sends by its context is refused with the `reason` of the signal. That is an AgentbusError: with the reason TASK_CANCELLED
   * if the task was called off, with none if the attempt timed out or somebody else is asked; `facts.cause` has the bus's word
   * for it, where the bus said one.
   *
   * Of several processes of one agent only one gets the news. The others stop when the bus refuses to extend the lease of
   * the task: after a third of it, or of the heartbeat interval, at the latest.
   */
  readonly signal: AbortSignal;
  /** Sends a message in the session of the one that is handled. */
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** Follows the session of the message. */
  watch(options?: { readonly after?: number }): AsyncGenerator<SessionEvent, void, undefined>;
}

/** What the handler of a task may use. */
export interface TaskContext extends MessageContext {
  /**
   * Tells the delegator how far the task is, 0 to 100 percent. Need not be awaited: a report that
   * is refused does not disturb the work unless it is.
   */
  progress(percent: number, note?: string): Promise<SendOutcome>;
  /** Passes a part of the task on to another agent, as a child of this task; resolves with its id when it is on disk. */
  delegate(task: NewTask): Promise<string>;
}

/** Hears what became of a message whose `receipts` asked for it. Nothing waits for it; what it throws, the process hears. */
export type ReceiptHandler = (receipt: Receipt) => void;

/** What an agent does with its mail. A message without a handler goes to the dead letters. */
export interface Handlers {
  onTask?: TaskHandler;
  onMessage?: MessageHandler;
  onReceipt?: ReceiptHandler;
}
