import type { Clock, Timer } from '../../lib/clock.ts';
import { createHeap } from './heap.ts';

/** Something that is due at a time. The queue keeps its place in the heap on it. */
export interface Deadline {
  /** Milliseconds since the epoch. Must not change while it is queued. */
  dueAt: number;
  /** `NOT_QUEUED` while it is in no queue; written by the queue alone. */
  duePlace: number;
}

export const NOT_QUEUED = -1;

/** Many deadlines on one timer. */
export interface DeadlineQueue<T extends Deadline> {
  add(item: T): void;
  /** Does nothing when the item is not queued. */
  remove(item: T): void;
  /** Nothing comes due before this. */
  start(): void;
  /** Forgets everything, for good. */
  stop(): void;
}

export interface DeadlineQueueOptions<T> {
  readonly clock: Clock;
  /** At most this many are handed to `onDue` in one turn of the event loop. */
  readonly perTurn: number;
  /** Gets what came due, earliest first; never an empty list. */
  onDue(items: T[]): void;
}

/**
 * The timer is set for the earliest deadline and left alone when that one is
 * removed: under steady traffic leases come and go far more often than they expire,
 * and a timer that fires for nothing now and then is cheaper than one set per lease.
 */
export function createDeadlineQueue<T extends Deadline>({
  clock,
  perTurn,
  onDue,
}: DeadlineQueueOptions<T>): DeadlineQueue<T> {
  const heap = createHeap<T>({
    before: (a, b) => a.dueAt < b.dueAt,
    placed: (item, place) => {
      item.duePlace = place;
    },
  });
  let timer: Timer | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  let running = false;

  const arm = (at: number): void => {
    timer?.cancel();
    timerAt = at;
    timer = clock.setTimer(fire, at - clock.now());
  };
  const fire = (): void => {
    timer = undefined;
    timerAt = Number.POSITIVE_INFINITY;
    const due = takeDue(clock.now());
    if (due.length > 0) onDue(due);
    const next = heap.peek();
    if (next !== undefined) armFor(next);
  };
  const armFor = ({ dueAt }: T): void => {
    if (running && dueAt < timerAt) arm(dueAt);
  };
  const takeDue = (now: number): T[] => {
    const due: T[] = [];
    for (let item = heap.peek(); item !== undefined && item.dueAt <= now && due.length < perTurn; item = heap.peek()) {
      heap.pop();
      item.duePlace = NOT_QUEUED;
      due.push(item);
    }
    return due;
  };
  return {
    add(item) {
      heap.push(item);
      armFor(item);
    },
    remove(item) {
      if (item.duePlace === NOT_QUEUED) return;
      heap.removeAt(item.duePlace);
      item.duePlace = NOT_QUEUED;
    },
    start() {
      running = true;
      const first = heap.peek();
      if (first !== undefined) armFor(first);
    },
    stop() {
      running = false;
      timer?.cancel();
      heap.keep((item) => {
        item.duePlace = NOT_QUEUED;
        return false;
      });
    },
  };
}
