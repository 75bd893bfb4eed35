import type { Journal, NewMessage, Write } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { OpenedState } from './load-state.ts';
import type { Mailbox } from './mailbox.ts';
import { commit } from './operations/commit.ts';
import type { MailContent } from './operations/read-mail.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

export interface JournalOptions {
  readonly store: StoreThread;
  readonly pending: PendingMail;
  readonly opened: OpenedState;
}

export function createJournal({ store, pending, opened }: JournalOptions): Journal {
  let lastSequence = opened.lastSequence;

  const commitAppend = async (write: Write): Promise<void> => {
    const refusal = await store.call(commit, { write, sequence: 0 });
    if (refusal !== undefined) throw refusal;
  };
  const commitMessage = (write: Write, message: NewMessage): Promise<void> => {
    const mailbox = reserve(pending, message);
    const size = message.envelope.byteLength;
    const sequence = ++lastSequence;
    return new Promise((resolve, reject) => {
      const done = (refusal: EngineError | undefined): void => {
        if (refusal === undefined) {
          deliver(mailbox, message, sequence);
          resolve();
        } else {
          pending.unreserve(mailbox, size);
          reject(refusal);
        }
      };
      store.submit(commit, { write, sequence }, { done, failed: reject });
    });
  };
  const deliver = (mailbox: Mailbox, message: NewMessage, sequence: number): void => {
    const { priority, expiresAt = Number.POSITIVE_INFINITY, envelope } = message;
    const entry = { sequence, priority, size: envelope.byteLength, expiresAt, attempts: 0, returned: undefined };
    pending.add(mailbox, entry, toContent(message));
  };
  return {
    async commit(write) {
      store.assertOpen();
      checkWrite(write);
      await (write.message === undefined ? commitAppend(write) : commitMessage(write, write.message));
    },
    flush: () => store.flush(),
  };
}

function reserve(pending: PendingMail, { recipient, envelope }: NewMessage): Mailbox {
  const room = pending.room(recipient, envelope.byteLength);
  if (room.ok) return pending.reserve(recipient, envelope.byteLength);
  const { bound, limit, actual } = room;
  throw new EngineError(
    'mailbox_full',
    `the mailbox of ${recipient} would hold ${actual} ${bound}, and may hold ${limit}`,
    {
      facts: { agentId: recipient, bound, limit, actual },
    },
  );
}

/** A small view of a large buffer would keep all of it in memory for as long as the message waits. */
function toContent({ sender, messageId, acceptedAt, envelope }: NewMessage): MailContent {
  const own = envelope.byteLength * 2 < envelope.buffer.byteLength ? Buffer.from(envelope) : envelope;
  return { sender, messageId, acceptedAt, envelope: own };
}

function checkWrite({ append, message }: Write): void {
  if (append === undefined && message === undefined) throw new TypeError('a write needs an append or a message');
  if (append?.expectedSequence === 0 && append.index === undefined) {
    throw new TypeError('an append that makes a session needs an index entry');
  }
  if (message !== undefined && !(message.priority >= 1 && message.priority <= 4)) {
    throw new RangeError(`priority ${message.priority} is not from 1 to 4`);
  }
}
