import type { Bus } from '../../src/bus/bus.ts';
import type { Caller } from '../../src/bus/caller.ts';
import type { IncomingMessage } from '../../src/bus/message/incoming.ts';
import type { SendOutcome } from '../../src/bus/message/messages.ts';

type Send = (caller: Caller, message: IncomingMessage) => Promise<SendOutcome>;

interface Waiting {
  readonly message: IncomingMessage;
  resolve(outcome: SendOutcome): void;
  reject(error: unknown): void;
}

/**
 * Sends as agents do: one message alone, as by a call, the next one in a frame, as on a stream. What an agent sends in
 * frames at one moment goes in one.
 */
export function createMixedSend(messages: () => Bus['messages']): Send {
  const frames = new Map<string, Waiting[]>();
  let sends = 0;

  const submit = (caller: Caller, agentId: string): void => {
    const frame = frames.get(agentId) ?? [];
    frames.delete(agentId);
    const contents = frame.map(({ message }) => message);
    messages().sendAll(caller, contents, (results) => {
      for (const [index, { resolve, reject }] of frame.entries()) {
        const result = results[index] ?? { error: new Error('a message of a frame has no result') };
        if ('error' in result) reject(result.error);
        else resolve(result);
      }
    });
  };
  return (caller, message) => {
    if (++sends % 2 === 0) return messages().send(caller, message);
    return new Promise((resolve, reject) => {
      const { sender } = message.head;
      const frame = frames.get(sender) ?? [];
      frames.set(sender, frame);
      if (frame.length === 0) queueMicrotask(() => submit(caller, sender));
      frame.push({ message, resolve, reject });
    });
  };
}
