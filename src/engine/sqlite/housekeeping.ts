import type { Clock, Timer } from '../../lib/clock.ts';
import { crashPoint } from '../../lib/crash-point.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { EngineLimits, EngineObserver, Forgotten } from '../engine.ts';
import type { DeadLetterTotal } from './dead-letter-total.ts';
import type { Listeners } from './listeners.ts';
import type { Operation } from './operation.ts';
import { deleteEvents } from './operations/delete-events.ts';
import { forgetDeadLetters } from './operations/forget-dead-letters.ts';
import { forgetRecords } from './operations/forget-records.ts';
import { forgetSessions } from './operations/forget-sessions.ts';
import { giveBackSpace, truncateLog } from './operations/give-back-space.ts';
import { markInUse } from './operations/mark-in-use.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

/** Forgets, now and then, what nobody asks for any more, and gives its space back. */
export interface Housekeeping {
  stop(): void;
}

export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly limits: EngineLimits;
  readonly observer: EngineObserver;
  readonly store: StoreThread;
  readonly pending: PendingMail;
  readonly deadLetters: DeadLetterTotal;
  /** Told of the ids of sessions that do not exist any more. */
  readonly forgotten: Listeners<readonly string[]>;
}

type Chore = () => Promise<void>;

const beforeStep = crashPoint('retention.before-step');
const stepDone = new Map<unknown, () => void>([
  [forgetRecords, crashPoint('retention.records-forgotten')],
  [forgetDeadLetters, crashPoint('retention.dead-letters-forgotten')],
  [forgetSessions, crashPoint('retention.sessions-forgotten')],
  [deleteEvents, crashPoint('retention.events-deleted')],
  [giveBackSpace, crashPoint('retention.space-given-back')],
]);

const { forgetIntervalMs, forgetStepRecords, forgetStepRows, forgetStepBytes, forgetStepSessions, vacuumStepPages } =
  SQLITE_LIMITS;

export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { clock, limits, observer, store, pending, deadLetters, forgotten } = options;
  const { retention } = limits;
  const timers = new Map<Chore, Timer>();
  let stopped = false;

  /** One step at a time: each queues behind what came in the meantime. After `stop` nothing follows. */
  const step = <Request, Reply>(operation: Operation<Request, Reply>, request: Request): Promise<Reply> =>
    new Promise((resolve) => {
      beforeStep();
      const done = (reply: Reply): void => {
        stepDone.get(operation)?.();
        if (!stopped) resolve(reply);
      };
      store.submit(operation, request, { done, failed: toldByObserver });
    });
  const tell = (kind: Forgotten['kind'], byAge: number, bySize: number): void => {
    if (byAge > 0) observer.forgotten?.({ kind, count: byAge, because: 'age' });
    if (bySize > 0) observer.forgotten?.({ kind, count: bySize, because: 'size' });
  };

  const cleanMarks = async (): Promise<void> => {
    for (const { agentId, marked } of pending.forgetIdle()) {
      if (marked) store.submit(markInUse, { agentId, inUse: false }, { done() {}, failed: toldByObserver });
    }
  };
  const cleanRecords = async (): Promise<void> => {
    const cutoff = clock.now() - retention.messageAgeMs;
    let after = 0;
    do {
      const request = { cutoff, max: retention.maxMessageRecords, after, scan: forgetStepRecords };
      const { next, byAge, bySize } = await step(forgetRecords, request);
      tell('message_record', byAge, bySize);
      after = next;
    } while (after > 0);
  };
  const cleanDeadLetters = async (): Promise<void> => {
    const cutoff = clock.now() - retention.deadLetterAgeMs;
    const bounds = { maxBytes: retention.maxDeadLetterBytes, limit: forgetStepRows, stepBytes: forgetStepBytes };
    let more: boolean;
    do {
      const gone = await step(forgetDeadLetters, { cutoff, ...bounds });
      deadLetters.remove(gone.byAge);
      deadLetters.remove(gone.bySize);
      tell('dead_letter', gone.byAge.messages, gone.bySize.messages);
      more = gone.more;
    } while (more);
  };
  const cleanSessions = async (): Promise<void> => {
    const cutoff = clock.now() - retention.endedSessionAgeMs;
    const { maxEndedSessionBytes: maxBytes } = retention;
    const bounds = { maxBytes, limit: forgetStepSessions, stepBytes: forgetStepBytes };
    let more: boolean;
    do {
      const gone = await step(forgetSessions, { cutoff, ...bounds });
      const sessionIds = [...gone.byAge, ...gone.bySize];
      if (sessionIds.length > 0) forgotten.tell(sessionIds);
      tell('session', gone.byAge.length, gone.bySize.length);
      more = gone.more;
    } while (more);
  };
  /** Also what a process that was killed had left. */
  const cleanEvents = async (): Promise<void> => {
    while (await step(deleteEvents, { limit: forgetStepRows, stepBytes: forgetStepBytes }));
  };
  const giveBack = async (): Promise<void> => {
    const { keepFreePages: keepPages, keepFreeShare: keepShare } = SQLITE_LIMITS;
    let pages = 0;
    let given: number;
    do {
      given = await step(giveBackSpace, { keepPages, keepShare, stepPages: vacuumStepPages });
      pages += given;
    } while (given > 0);
    if (pages > 0) await step(truncateLog, undefined);
  };

  const restBefore = (chore: Chore, ms: number): void => {
    if (stopped) return;
    const start = async (): Promise<void> => {
      await chore();
      restBefore(chore, forgetIntervalMs);
    };
    timers.set(
      chore,
      clock.setTimer(() => void start(), ms),
    );
  };
  // Some seconds apart, so that a commit has one of their steps in it, and not one of each.
  const chores = [cleanMarks, cleanRecords, cleanDeadLetters, cleanSessions, cleanEvents, giveBack];
  for (const [place, chore] of chores.entries()) {
    restBefore(chore, forgetIntervalMs * (1 + place / chores.length));
  }
  return {
    stop() {
      stopped = true;
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

/** A store that fails tells so through `EngineObserver.failed`. */
function toldByObserver(): void {}
