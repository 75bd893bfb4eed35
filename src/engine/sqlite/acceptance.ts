import type { EngineError, Journal, NewMessage } from '../engine.ts';
import { checkMessage, countAllRecords, type Deposits } from './deposits.ts';
import { accept } from './operations/accept.ts';
import { duplicateMessage } from './operations/commit.ts';
import { countRecords } from './operations/insert-messages.ts';
import type { Sequences } from './sequences.ts';
import type { StoreThread } from './store-thread.ts';

export interface AcceptanceOptions {
  readonly store: StoreThread;
  readonly deposits: Deposits;
  readonly sequences: Sequences;
}

type Refusals = Map<number, EngineError>;

/** Messages that have nothing to do with each other: one operation and one reply, however many they are. */
export function createAcceptance({ store, deposits, sequences }: AcceptanceOptions): Journal['accept'] {
  /** What the store applied goes into its mailboxes; what it refused, by its position there, joins the other refusals. */
  const settle = (
    stored: Stored,
    duplicates: readonly number[],
    refusals: Refusals | undefined,
  ): Refusals | undefined => {
    const { messages, places, first } = stored;
    let found = refusals;
    let sequence = first;
    let next = 0;
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index] as NewMessage;
      if (duplicates[next] === index) {
        next++;
        deposits.unreserve(message);
        found ??= new Map();
        found.set(places?.[index] ?? index, duplicateMessage(message));
      } else deposits.put(message, sequence);
      sequence += countRecords(message);
    }
    return found;
  };
  return (messages, { done, failed }) => {
    store.assertOpen();
    if (messages.length === 0) throw new TypeError('there is no message to accept');
    for (const message of messages) checkMessage(message);
    const { fitting, places, refusals } = reserveEach(deposits, messages);
    // Nothing to wait for, and still not before this returns.
    if (fitting.length === 0) return queueMicrotask(() => done(refusals));
    const first = sequences.take(countAllRecords(fitting));
    const stored = { messages: fitting, places, first };
    const settled = (duplicates: readonly number[]): void => done(settle(stored, duplicates, refusals));
    store.submit(accept, { messages: fitting, first }, { done: settled, failed });
  };
}

/** What goes to the store. */
interface Stored {
  readonly messages: readonly NewMessage[];
  /** The position that each had in the call, if not all go. */
  readonly places: readonly number[] | undefined;
  /** The place of the first message in the order of acceptance; the others follow it. */
  readonly first: number;
}

interface Reserved {
  readonly fitting: readonly NewMessage[];
  readonly places: readonly number[] | undefined;
  readonly refusals: Refusals | undefined;
}

/** Keeps room for each message that there is room for. */
function reserveEach(deposits: Deposits, messages: readonly NewMessage[]): Reserved {
  let refusals: Refusals | undefined;
  for (let index = 0; index < messages.length; index++) {
    const full = deposits.reserve(messages[index] as NewMessage);
    if (full === undefined) continue;
    refusals ??= new Map();
    refusals.set(index, full);
  }
  if (refusals === undefined) return { fitting: messages, places: undefined, refusals };
  const refused = refusals;
  const places = [...messages.keys()].filter((index) => !refused.has(index));
  return { fitting: places.map((index) => messages[index] as NewMessage), places, refusals };
}
