import type { Clock } from '../../lib/clock.ts';
import { crashPoint } from '../../lib/crash-point.ts';
import type { Random } from '../../lib/random.ts';
import type { EndedMessage, Engine, EngineLimits, EngineObserver } from '../engine.ts';
import { createAgentDirectory } from './agents.ts';
import { createDeadLetterTotal } from './dead-letter-total.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { Endings } from './endings.ts';
import { createEndings } from './endings.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createJournal } from './journal.ts';
import { createListeners } from './listeners.ts';
import type { MailChunk, MailRow } from './load-state.ts';
import { readMailRows } from './load-state.ts';
import { createMailboxes } from './mailboxes.ts';
import { createMessageRecords } from './messages.ts';
import { createMetadata } from './metadata.ts';
import { clearMarks } from './operations/clear-marks.ts';
import type { PendingMail } from './pending-mail.ts';
import { createPendingMail } from './pending-mail.ts';
import { createSequences } from './sequences.ts';
import { createSessionLog } from './sessions.ts';
import type { StoreLink } from './store-link.ts';
import { startStoreThread } from './store-thread.ts';
import { createSubscribers } from './subscribers.ts';
import { createWithdrawals } from './withdrawals.ts';

const beforeLeasesReturn = crashPoint('stop.before-leases-return');
const leasesReturned = crashPoint('stop.leases-returned');
const afterClose = crashPoint('stop.after-close');

export interface AssembleOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: EngineLimits;
  readonly observer: EngineObserver;
}

/** What an engine stands on. */
export interface StoreUnderEngine {
  readonly link: StoreLink;
  /** Whether what is stored is gone when the engine is closed. */
  readonly inMemory: boolean;
  /** Called when the store is closed. */
  release(): void;
}

/** Puts an engine together over a store that is about to open: mailbox state here, everything else over there. */
export async function assembleEngine(options: AssembleOptions, under: StoreUnderEngine): Promise<Engine> {
  const { clock, random, limits, observer } = options;
  const subscribers = createSubscribers();
  const listeners = createListeners<EndedMessage>();
  const forgotten = createListeners<readonly string[]>();
  // The two need each other; nothing runs out before `start`, and by then both are there.
  let endings: Endings;
  const pending = createPendingMail({
    clock,
    limits,
    onLeasesOver: (entries) => endings.giveBack(entries, { because: 'lease_expired', delayMs: 0, delivered: true }),
    // A leased message stays with its holder; it expires if it comes back.
    onExpired: (entries) => endings.expire(entries.filter((entry) => entry.state !== 'leased')),
    onAvailable: (agentId) => subscribers.notify(agentId),
  });
  const { thread: store, state } = await startStoreThread({
    link: under.link,
    observer,
    onMail: createMailLoader(pending),
    onFailure: () => stopTimers(),
  });
  const opened = under.inMemory ? { ...state, epoch: randomEpoch(random) } : state;
  const total = createDeadLetterTotal(opened.deadLetters);
  const withdrawals = createWithdrawals(pending);
  const sequences = createSequences(opened.lastSequence);
  endings = createEndings({ clock, limits, observer, listeners, deadLetters: total, pending, store });
  pending.start();
  const housekeeping = startHousekeeping({ clock, limits, observer, store, pending, deadLetters: total, forgotten });
  const stopTimers = (): void => {
    housekeeping.stop();
    pending.stop();
  };
  const close = async (): Promise<void> => {
    store.refuseCalls();
    stopTimers();
    beforeLeasesReturn();
    endings.giveBack(pending.leased(), { because: 'holder_gone', delayMs: 0, delivered: true });
    store.submit(clearMarks, undefined, { done() {}, failed() {} });
    leasesReturned();
    await store.close();
    afterClose();
    under.release();
  };
  let closed: Promise<void> | undefined;
  return {
    name: 'sqlite',
    exclusive: true,
    journal: createJournal({ clock, store, pending, endings, sequences, withdrawals }),
    sessions: createSessionLog(store, forgotten),
    messages: createMessageRecords(store, pending),
    mailboxes: createMailboxes({ store, pending, endings, withdrawals, subscribers, listeners, opened }),
    deadLetters: createDeadLetters({ store, pending, sequences, total }),
    agents: createAgentDirectory(store),
    metadata: createMetadata(store),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** Puts the mail that was on disk into the mailboxes. */
function createMailLoader(pending: PendingMail): (chunk: MailChunk) => void {
  const loaders: ((row: MailRow) => void)[] = [];
  return (chunk) => {
    for (const agentId of chunk.newMailboxes) loaders.push(pending.loader(agentId));
    readMailRows(chunk, (row) => loaders[row.mailbox]?.(row));
  };
}

/** Nothing durable counts the runs of an engine in memory; chance tells their delivery ids apart. */
function randomEpoch(random: Random): number {
  return Buffer.from(random.bytes(6)).readUIntBE(0, 6);
}
