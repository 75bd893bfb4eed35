import { BUFFER_LIMITS } from '../../limits.ts';
import type { EngineError, NewMessage } from '../engine.ts';
import { mailboxFull } from './mailbox-full.ts';
import { countRecords, isStoredApart } from './operations/insert-messages.ts';
import type { MailContent } from './operations/read-mail.ts';
import type { PendingMail } from './pending-mail.ts';

/** Messages on their way into mailboxes: room is kept for every copy until the message is durable or refused. */
export interface Deposits {
  /** Keeps room for every copy of a message, or for none: then it says which mailbox is full. */
  reserve(message: NewMessage): EngineError | undefined;
  /** Gives the room of a message back that was refused. */
  unreserve(message: NewMessage): void;
  /** Puts the copies of a message that is durable into the room that was kept, under its sequences from `first` on. */
  put(message: NewMessage, first: number): void;
}

export function createDeposits(pending: PendingMail): Deposits {
  /** Gives back the room of the first so many copies. */
  const unreserveCopies = ({ recipients, envelope }: NewMessage, copies: number): void => {
    for (let copy = 0; copy < copies; copy++) pending.unreserve(recipients[copy] as string, envelope.byteLength);
  };
  return {
    reserve(message) {
      const { recipients, envelope } = message;
      for (let copy = 0; copy < recipients.length; copy++) {
        const recipient = recipients[copy] as string;
        const room = pending.room(recipient, envelope.byteLength);
        if (!room.ok) {
          unreserveCopies(message, copy);
          return mailboxFull(recipient, room);
        }
        pending.reserve(recipient, envelope.byteLength);
      }
      return undefined;
    },
    unreserve: (message) => unreserveCopies(message, message.recipients.length),
    put(message, first) {
      const { priority, expiresAt = Number.POSITIVE_INFINITY, availableAt = 0, tag = 0, envelope } = message;
      const size = envelope.byteLength;
      const shared = isStoredApart(message) ? first : 0;
      const content = toContent(message);
      let sequence = first;
      for (const recipient of message.recipients) {
        const entry = {
          sequence: sequence++,
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
      }
    },
  };
}

/** How many sequences messages take together. */
export function countAllRecords(messages: readonly NewMessage[]): number {
  let records = 0;
  for (const message of messages) records += countRecords(message);
  return records;
}

const MAX_TAG = 65_535;

/** Throws for a message that no engine can keep: a fault of the caller, and no refusal. */
export function checkMessage({ priority, tag = 0, recipients }: NewMessage): void {
  if (!(priority >= 1 && priority <= 4)) throw new RangeError(`priority ${priority} is not from 1 to 4`);
  if (!(Number.isInteger(tag) && tag >= 0 && tag <= MAX_TAG)) {
    throw new RangeError(`tag ${tag} is not a whole number from 0 to ${MAX_TAG}`);
  }
  if (recipients.length > 1 && new Set(recipients).size < recipients.length) {
    throw new TypeError('a recipient is named twice');
  }
}

/** A small view of a large buffer, and not of a slab, would keep all of it in memory for as long as the message waits. */
function toContent({ sender, messageId, acceptedAt, envelope }: NewMessage): MailContent {
  const kept = envelope.buffer.byteLength;
  const own = kept > BUFFER_LIMITS.slabBytes && envelope.byteLength * 2 < kept ? Buffer.from(envelope) : envelope;
  return { sender, messageId, acceptedAt, envelope: own };
}
