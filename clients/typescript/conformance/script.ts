import {
  type IncomingMessage,
  type MessageContext,
  Reject,
  RetryLater,
  type TaskContext,
  type TaskResult,
} from '@vibes/agent-communication-bus';
import type { Words } from './command.ts';
import { bytesOf } from './content.ts';
import type { Holds } from './holds.ts';
import { messageOf, taskOf } from './messages.ts';

/** One thing to do: whichever of these is there. */
export interface Action {
  readonly progress?: number;
  readonly note?: string;
  readonly hold?: string;
  readonly block?: string;
  readonly send?: Words;
  readonly delegate?: Words;
  readonly return?: IncomingMessage['payload'];
  readonly return_data?: { readonly base64: string; readonly content_type: string };
  readonly echo?: boolean;
  readonly throw?: string;
  readonly retry_later_ms?: number;
  readonly reject?: string;
  readonly reason?: string;
}

/** What the actions of a handler work with. */
export interface Scene {
  readonly message: IncomingMessage;
  readonly context: MessageContext | TaskContext;
  readonly holds: Holds;
}

/** Does one action after the other; resolves with what the handler returns. */
export async function runScript(script: readonly Action[], scene: Scene): Promise<TaskResult> {
  for (const action of script) {
    if (action.return !== undefined) return action.return;
    if (action.return_data !== undefined) {
      const { base64, content_type: contentType } = action.return_data;
      return { data: bytesOf(base64), contentType };
    }
    if (action.echo) return { value: scene.message.payload.value ?? null };
    giveUp(action);
    await act(action, scene);
  }
  return undefined;
}

async function act(action: Action, { context, holds }: Scene): Promise<void> {
  const { progress, note, hold, block, send, delegate } = action;
  if (hold !== undefined) await releasedOrStopped(holds.released(hold), context.signal);
  else if (block !== undefined) await holds.released(block);
  else if (send !== undefined) await context.send(messageOf(send));
  else if (progress !== undefined) await taskContext(context).progress(progress, note);
  else if (delegate !== undefined) await taskContext(context).delegate(taskOf(delegate));
  else throw new Error(`there is no action ${JSON.stringify(action)}`);
}

/** Throws if the action is one that throws. */
function giveUp(action: Action): void {
  if (action.throw !== undefined) throw new Error(action.throw);
  if (action.retry_later_ms !== undefined) throw new RetryLater(action.retry_later_ms, action.reason);
  if (action.reject !== undefined) throw new Reject(action.reject);
}

function taskContext(context: Scene['context']): TaskContext {
  if (!('delegate' in context)) throw new Error('only the handler of a task can do this');
  return context;
}

/** Rejects with the reason of `signal` if it aborts first. */
function releasedOrStopped(released: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    released.then(resolve, reject);
  });
}
