import type { MailboxDepth } from '../engine.ts';

/** How many dead letters there are on disk, as far as the main thread has heard. */
export interface DeadLetterTotal {
  get(): MailboxDepth;
  /** Counts them in. */
  add(deadLetters: MailboxDepth): void;
  /** Counts them out. */
  remove(deadLetters: MailboxDepth): void;
}

export function createDeadLetterTotal({ messages, bytes }: MailboxDepth): DeadLetterTotal {
  const total = { messages, bytes };
  return {
    get: () => ({ ...total }),
    add(more) {
      total.messages += more.messages;
      total.bytes += more.bytes;
    },
    remove(fewer) {
      total.messages -= fewer.messages;
      total.bytes -= fewer.bytes;
    },
  };
}
