import type { Clock } from '../../lib/clock.ts';
import type { Journal, NewMessage, Write } from '../engine.ts';
import type { Endings, WithdrawnEntry } from './endings.ts';
import type { Entry } from './mailbox.ts';
import { mailboxFull } from './mailbox-full.ts';
import type { CommitReply } from './operations/commit.ts';
import { commit } from './operations/commit.ts';
import { countRecords, isStoredApart } from './operations/insert-messages.ts';
import type { MailContent } from './operations/read-mail.ts';
import type { WithdrawnCopy } from './operations/withdraw-copies.ts';
import type { PendingMail } from './pending-mail.ts';
import type { Sequences } from './sequences.ts';
import type { StoreThread } from './store-thread.ts';
import type { Withdrawals } from './withdrawals.ts';

export interface JournalOptions {
  readonly clock: Clock;
  readonly store: StoreThread;
  readonly pending: PendingMail;
  readonly endings: Endings;
  readonly sequences: Sequences;
  readonly withdrawals: Withdrawals;
}

const NONE: readonly never[] = [];

export function createJournal({ clock, store, pending, endings, sequences, withdrawals }: JournalOptions): Journal {
  const submit = (write: Write): Promise<void> => {
    const { messages = NONE, withdraw = NONE } = write;
    reserveAll(pending, messages);
    withdrawals.begin(withdraw);
    let records = 0;
    for (const message of messages) records += countRecords(message);
    const sequence = sequences.take(records);
    // Read only where it is needed: the clock is asked for each of a hundred thousand writes a second otherwise.
    const at = write.withdraw === undefined ? 0 : clock.now();
    return new Promise((resolve, reject) => {
      const done = (reply: CommitReply): void => {
        if ('refusal' in reply) {
          unreserve(pending, messages);
          withdrawals.end(withdraw);
          reject(reply.refusal);
          return;
        }
        if (reply.withdrawn.length > 0) endings.withdrawn(findEntries(write, reply.withdrawn), at);
        withdrawals.end(withdraw);
        deliver(messages, sequence);
        resolve();
      };
      store.submit(commit, { write, sequence, at }, { done, failed: reject });
    });
  };
  const deliver = (messages: readonly NewMessage[], from: number): void => {
    let sequence = from;
    for (const message of messages) {
      const { priority, expiresAt = Number.POSITIVE_INFINITY, availableAt = 0, tag = 0, envelope } = message;
      const size = envelope.byteLength;
      const shared = isStoredApart(message) ? sequence : 0;
      const content = toContent(message);
      const next = sequence + countRecords(message);
      for (const recipient of message.recipients) {
        const entry = {
          sequence,
          priority,
          size,
          expiresAt,
          availableAt,
          tag,
          shared,
          attempts: 0,
          returned: undefined,
        };
        pending.add(recipient, entry, content);
        sequence++;
      }
      sequence = next;
    }
  };
  /** What waits on disk is in memory too, and was until now. */
  const findEntries = ({ withdraw = NONE }: Write, withdrawn: readonly WithdrawnCopy[]): WithdrawnEntry[] =>
    withdrawn.flatMap(({ sequence, withdrawal: index }) => {
      const withdrawal = withdraw[index];
      const entry: Entry | undefined = withdrawal && pending.find(withdrawal.recipient)?.entries.get(sequence);
      return withdrawal === undefined || entry === undefined ? [] : [{ entry, withdrawal }];
    });
  return {
    async commit(write) {
      store.assertOpen();
      checkWrite(write);
      await submit(write);
    },
    flush: () => store.flush(),
  };
}

/** Keeps room for every copy, or for none. */
function reserveAll(pending: PendingMail, messages: readonly NewMessage[]): void {
  let reserved = 0;
  for (const { recipients, envelope } of messages) {
    for (const recipient of recipients) {
      const room = pending.room(recipient, envelope.byteLength);
      if (!room.ok) {
        unreserve(pending, messages, reserved);
        throw mailboxFull(recipient, room);
      }
      pending.reserve(recipient, envelope.byteLength);
      reserved++;
    }
  }
}

/** Gives back the room of the first so many copies. */
function unreserve(pending: PendingMail, messages: readonly NewMessage[], copies = Number.POSITIVE_INFINITY): void {
  let left = copies;
  for (const { recipients, envelope } of messages) {
    for (const recipient of recipients) {
      if (left-- > 0) pending.unreserve(recipient, envelope.byteLength);
    }
  }
}

/** A small view of a large buffer would keep all of it in memory for as long as the message waits. */
function toContent({ sender, messageId, acceptedAt, envelope }: NewMessage): MailContent {
  const own = envelope.byteLength * 2 < envelope.buffer.byteLength ? Buffer.from(envelope) : envelope;
  return { sender, messageId, acceptedAt, envelope: own };
}

const MAX_TAG = 65_535;

function checkWrite({ append, withdraw = NONE, forget = NONE, messages = NONE }: Write): void {
  if (append === undefined && withdraw.length + forget.length + messages.length === 0) {
    throw new TypeError('a write needs a part that is not empty');
  }
  if (append?.expectedSequence === 0 && append.index === undefined) {
    throw new TypeError('an append that makes a session needs an index entry');
  }
  for (const message of messages) checkMessage(message);
}

function checkMessage({ priority, tag = 0, recipients }: NewMessage): void {
  if (!(priority >= 1 && priority <= 4)) throw new RangeError(`priority ${priority} is not from 1 to 4`);
  if (!(Number.isInteger(tag) && tag >= 0 && tag <= MAX_TAG)) {
    throw new RangeError(`tag ${tag} is not a whole number from 0 to ${MAX_TAG}`);
  }
  if (recipients.length > 1 && new Set(recipients).size < recipients.length) {
    throw new TypeError('a recipient is named twice');
  }
}
