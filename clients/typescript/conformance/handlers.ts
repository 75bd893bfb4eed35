import {
  AgentbusError,
  type IncomingMessage,
  type MessageContext,
  type MessageHandler,
  MessageType,
  type TaskHandler,
} from '@vibes/agent-communication-bus';
import type { Words } from './command.ts';
import type { Holds } from './holds.ts';
import { write } from './lines.ts';
import { type Action, runScript } from './script.ts';

/** Handlers that do what each message says, and write when they begin, are told to stop, and are over. */
export function createScriptedHandlers(
  agent: string,
  holds: Holds,
): { readonly onTask: TaskHandler; readonly onMessage: MessageHandler } {
  async function handle<Context extends MessageContext>(message: IncomingMessage, context: Context) {
    const { messageId, payload, data, contentType } = message;
    const tell = (event: string, facts: Words) => write({ event, agent, message_id: messageId, ...facts });
    const { signal } = context;
    signal.addEventListener('abort', () => tell('cancelled', whyOf(signal.reason)));

    tell('handling', aboutOf(message));
    try {
      const script = (payload.script ?? []) as unknown as readonly Action[];
      const result = await runScript(script, { message, context, holds });
      tell('handled', { outcome: 'returned' });
      return data === undefined ? result : { data, contentType };
    } catch (thrown) {
      tell('handled', { outcome: thrown === signal.reason ? 'cancelled' : 'thrown' });
      throw thrown;
    }
  }

  return {
    onTask: handle,
    async onMessage(message, context) {
      await handle(message, context);
    },
  };
}

function aboutOf({ type, sender, sessionId, attempt, redelivered }: IncomingMessage): Words {
  return { type: MessageType[type], sender, session_id: sessionId, attempt, redelivered };
}

function whyOf(reason: unknown): Words {
  if (!(reason instanceof AgentbusError)) return { reason: null, cause: '' };
  return { reason: reason.reason ?? null, cause: reason.facts.cause ?? '' };
}
