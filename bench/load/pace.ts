import type { Ledger } from './ledger.ts';

/** Says which messages are to be sent now. */
export interface Pace {
  /** How many may be sent now, whole batches only in a closed loop. */
  ready(now: number): number;
  /** When the message with this number was due. */
  dueAt(message: number, now: number): number;
}

/** A closed loop: so many are under way at any time, and a message is due when there is room for it. */
export function createClosedLoop(ledger: Ledger, { window, batch }: { window: number; batch: number }): Pace {
  return {
    ready: () => Math.floor((window - ledger.underWay) / batch) * batch,
    dueAt: (_, now) => now,
  };
}

/**
 * An open loop: each message has its place in a timetable, whatever became of those before it. What is late is late from there on,
 * so that a pause of the server is charged for every message of the pause ("coordinated omission").
 */
export function createOpenLoop(ledger: Ledger, timetable: { startsAt: number; perSecond: number }): Pace {
  const { startsAt, perSecond } = timetable;
  const dueAt = (message: number) => startsAt + (message / perSecond) * 1_000;
  return {
    // A message is due at its moment, not after it.
    ready: (now) => (now < startsAt ? 0 : Math.floor(((now - startsAt) * perSecond) / 1_000) + 1 - ledger.next),
    dueAt,
  };
}
