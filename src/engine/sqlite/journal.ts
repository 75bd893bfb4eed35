import type { Clock } from '../../lib/clock.ts';
import type { Journal, NewMessage, Write } from '../engine.ts';
import { createAcceptance } from './acceptance.ts';
import { checkMessage, countAllRecords, createDeposits, type Deposits } from './deposits.ts';
import type { Endings, WithdrawnEntry } from './endings.ts';
import type { Entry } from './mailbox.ts';
import type { CommitReply } from './operations/commit.ts';
import { commit } from './operations/commit.ts';
import { countRecords } from './operations/insert-messages.ts';
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
  const deposits = createDeposits(pending);
  const submit = (write: Write): Promise<void> => {
    const { messages = NONE, withdraw = NONE } = write;
    reserveAll(deposits, messages);
    withdrawals.begin(withdraw);
    const sequence = sequences.take(countAllRecords(messages));
    // Read only where it is needed: the clock is asked for each of a hundred thousand writes a second otherwise.
    const at = write.withdraw === undefined ? 0 : clock.now();
    return new Promise((resolve, reject) => {
      const done = (reply: CommitReply): void => {
        if ('refusal' in reply) {
          for (const message of messages) deposits.unreserve(message);
          withdrawals.end(withdraw);
          reject(reply.refusal);
          return;
        }
        if (reply.withdrawn.length > 0) endings.withdrawn(findEntries(write, reply.withdrawn), at);
        withdrawals.end(withdraw);
        let first = sequence;
        for (const message of messages) {
          deposits.put(message, first);
          first += countRecords(message);
        }
        resolve();
      };
      store.submit(commit, { write, sequence, at }, { done, failed: reject });
    });
  };
  /** What waits on disk is in memory too, and was until now. */
  const findEntries = ({ withdraw = NONE }: Write, withdrawn: readonly WithdrawnCopy[]): WithdrawnEntry[] =>
    withdrawn.flatMap(({ sequence, withdrawal: index }) => {
      const withdrawal = withdraw[index];
      const entry: Entry | undefined = withdrawal && pending.entry(withdrawal.recipient, sequence);
      return withdrawal === undefined || entry === undefined ? [] : [{ entry, withdrawal }];
    });
  return {
    async commit(write) {
      store.assertOpen();
      checkWrite(write);
      await submit(write);
    },
    accept: createAcceptance({ store, deposits, sequences }),
    flush: () => store.flush(),
  };
}

/** Keeps room for every copy of all messages, or for none. */
function reserveAll(deposits: Deposits, messages: readonly NewMessage[]): void {
  for (const [index, message] of messages.entries()) {
    const full = deposits.reserve(message);
    if (full === undefined) continue;
    for (const before of messages.slice(0, index)) deposits.unreserve(before);
    throw full;
  }
}

function checkWrite({ append, withdraw = NONE, forget = NONE, messages = NONE }: Write): void {
  if (append === undefined && withdraw.length + forget.length + messages.length === 0) {
    throw new TypeError('a write needs a part that is not empty');
  }
  if (append?.expectedSequence === 0 && append.index === undefined) {
    throw new TypeError('an append that makes a session needs an index entry');
  }
  for (const message of messages) checkMessage(message);
}
