import type { Counts } from '../peer.ts';
import type { Meter } from './meter.ts';

/**
 * The books of one sender and its receiver: what was sent, and how far each message has come. Messages are numbers, counted from 0.
 * Whatever does not add up throws: a message that comes unasked, twice, or for which something was confirmed twice.
 */
export interface Ledger {
  readonly counts: Counts;
  /** Messages that were sent and are not yet both accepted and acknowledged. */
  readonly underWay: number;
  /** The number that the next message has. */
  readonly next: number;
  /** Enters the next message, which was due at this moment. */
  send(dueAt: number): void;
  accepted(message: number, now: number): void;
  /** Whether this is the first delivery of the message. */
  delivered(message: number, now: number): boolean;
  acknowledged(message: number, now: number): void;
}

export interface LedgerOptions {
  readonly meter: Meter;
  /** Most messages between the oldest one under way and the next, rounded up to a power of two. */
  readonly capacity: number;
  /** Called when a message is both accepted and acknowledged. */
  readonly settled?: () => void;
}

const ACCEPTED = 1;
const DELIVERED = 2;
const ACKNOWLEDGED = 4;
const ALL = ACCEPTED | DELIVERED | ACKNOWLEDGED;

/** Opens empty books. All memory is taken here, so that a message costs none. */
export function createLedger({ meter, capacity, settled }: LedgerOptions): Ledger {
  const size = 2 ** Math.ceil(Math.log2(capacity));
  const dueTimes = new Float64Array(size);
  const owners = new Float64Array(size).fill(-1);
  const states = new Uint8Array(size).fill(ALL);
  const counts = { sent: 0, accepted: 0, due: 0, delivered: 0, acknowledged: 0 };
  let underWay = 0;

  function slotOf(message: number, what: string): number {
    const slot = message % size;
    if (owners[slot] !== message) throw new Error(`message ${message} was ${what} and is not under way`);
    return slot;
  }

  /** Enters what a message has reached; says when it was due. */
  function enter(message: number, { slot, stage, what }: { slot: number; stage: number; what: string }): number {
    const state = states[slot] ?? ALL;
    if ((state & stage) !== 0) throw new Error(`message ${message} was ${what} twice`);
    states[slot] = state | stage;
    if ((state | stage) === ALL) {
      owners[slot] = -1;
      underWay--;
      meter.round();
      settled?.();
    }
    return dueTimes[slot] ?? Number.NaN;
  }

  return {
    counts,
    get underWay() {
      return underWay;
    },
    get next() {
      return counts.sent;
    },
    send(dueAt) {
      const slot = counts.sent % size;
      if (states[slot] !== ALL) throw new Error(`more than ${size} messages are under way`);
      owners[slot] = counts.sent++;
      states[slot] = 0;
      dueTimes[slot] = dueAt;
      underWay++;
    },
    accepted(message, now) {
      const slot = slotOf(message, 'accepted');
      counts.accepted++;
      counts.due++;
      meter.reached('accepted', enter(message, { slot, stage: ACCEPTED, what: 'accepted' }), now);
    },
    delivered(message, now) {
      const slot = message % size;
      // It was settled, or comes once more before it is.
      if (owners[slot] !== message || ((states[slot] ?? 0) & DELIVERED) !== 0) return false;
      counts.delivered++;
      meter.reached('delivered', enter(message, { slot, stage: DELIVERED, what: 'delivered' }), now);
      return true;
    },
    acknowledged(message, now) {
      const slot = slotOf(message, 'acknowledged');
      counts.acknowledged++;
      meter.reached('round', enter(message, { slot, stage: ACKNOWLEDGED, what: 'acknowledged' }), now);
    },
  };
}
