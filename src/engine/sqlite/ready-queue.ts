import { createHeap } from './heap.ts';
import type { NewEntry } from './new-entry.ts';
import { createParkedMail, type ParkedMail } from './parked-mail.ts';

/** A message as far as the order of delivery goes. */
export interface Queued {
  /** Order of acceptance; unique. */
  readonly sequence: number;
  /** 1 (lowest) to 4 (highest). */
  readonly priority: number;
  /** Whether it is in the queue; written by the queue alone. */
  queued: boolean;
}

/**
 * The messages of one mailbox that could be delivered now, in order of delivery:
 * higher priority first, oldest first within one. A class that was passed over
 * `starvationLimit` times in a row goes next; if that is true of several, the
 * one that was passed over most often, so no class ever waits for more than
 * `starvationLimit` deliveries and one for each other class.
 */
export interface ReadyQueue<T extends Queued> {
  readonly size: number;
  /** Puts an item at the place its sequence says, however long it was away. */
  add(item: T): void;
  /** What `take` would return. */
  peek(): T | undefined;
  take(): T | undefined;
  /** Takes an item out of turn. It must not be added again. */
  remove(item: T): void;
  /** Adds a message of which no item is made before it is needed; false, and nothing done, if one that came later is parked. */
  park(message: NewEntry): boolean;
  /** A message that is parked, which it stays. */
  findParked(sequence: number): NewEntry | undefined;
  /** Makes the item of a message that is parked; its place in the order stays. */
  unpark(sequence: number): T | undefined;
}

export interface ReadyQueueOptions<T> {
  readonly starvationLimit: number;
  /** Makes an item of a message that is parked no more. */
  unpark(message: NewEntry): T;
}

const PRIORITIES = 4;

export function createReadyQueue<T extends Queued>({ starvationLimit, unpark }: ReadyQueueOptions<T>): ReadyQueue<T> {
  // Made when first needed: most mailboxes see one priority, and there may be many mailboxes.
  const lanes: (Lane<T> | undefined)[] = new Array(PRIORITIES).fill(undefined);
  let size = 0;

  const next = (): Lane<T> | undefined => {
    let highest: Lane<T> | undefined;
    let starved: Lane<T> | undefined;
    for (let index = PRIORITIES - 1; index >= 0; index--) {
      const lane = lanes[index];
      if (lane === undefined || lane.size === 0) continue;
      highest ??= lane;
      if (lane.passedOver >= starvationLimit && lane.passedOver > (starved?.passedOver ?? 0)) starved = lane;
    }
    return starved ?? highest;
  };
  const laneOf = ({ priority }: { readonly priority: number }): Lane<T> =>
    (lanes[priority - 1] ??= createLane({ priority, unpark }));
  return {
    get size() {
      return size;
    },
    add(item) {
      item.queued = true;
      size++;
      laneOf(item).add(item);
    },
    peek: () => next()?.peek(),
    take() {
      const served = next();
      if (served === undefined) return undefined;
      const item = served.take();
      item.queued = false;
      size--;
      for (const lane of lanes) {
        if (lane === undefined) continue;
        lane.passedOver = lane === served || lane.size === 0 ? 0 : lane.passedOver + 1;
      }
      return item;
    },
    remove(item) {
      if (!item.queued) return;
      item.queued = false;
      size--;
      laneOf(item).forget();
    },
    park(message) {
      if (!laneOf(message).park(message)) return false;
      size++;
      return true;
    },
    findParked: (sequence) => firstOf(lanes, (lane) => lane.findParked(sequence)),
    unpark: (sequence) => firstOf(lanes, (lane) => lane.unpark(sequence)),
  };
}

/** What the first lane has that has it. */
function firstOf<T, Found>(lanes: readonly (Lane<T> | undefined)[], find: (lane: Lane<T>) => Found | undefined) {
  for (const lane of lanes) {
    const found = lane && find(lane);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One priority. */
interface Lane<T> {
  size: number;
  passedOver: number;
  add(item: T): void;
  peek(): T | undefined;
  take(): T;
  /** Told after an item of this lane was marked as not queued any more. */
  forget(): void;
  park(message: NewEntry): boolean;
  findParked(sequence: number): NewEntry | undefined;
  unpark(sequence: number): T | undefined;
}

interface LaneOptions<T> {
  readonly priority: number;
  unpark(message: NewEntry): T;
}

/** Removed items stay until they come to the front; past this many, and half of all, they are swept out. */
const MIN_SWEEP = 64;

/**
 * New messages come in order, so they go into a plain list that is read from its
 * head; the few that come back late go into a heap beside it. Those that are parked
 * become items when they are next.
 */
function createLane<T extends Queued>({ priority, unpark }: LaneOptions<T>): Lane<T> {
  let parked: ParkedMail | undefined;
  const heap = createHeap<T>({ before: (a, b) => a.sequence < b.sequence });
  let list: T[] = [];
  let head = 0;
  let removed = 0;

  const firstOfList = (): T | undefined => {
    for (; head < list.length; head++, removed--) {
      const item = list[head] as T;
      if (item.queued) return item;
    }
    list.length = 0;
    head = 0;
    return undefined;
  };
  const firstOfHeap = (): T | undefined => {
    let item = heap.peek();
    for (; item !== undefined && !item.queued; item = heap.peek()) {
      heap.pop();
      removed--;
    }
    return item;
  };
  const firstItem = (): T | undefined => {
    const fresh = firstOfList();
    const returned = firstOfHeap();
    if (fresh === undefined || returned === undefined) return fresh ?? returned;
    return returned.sequence < fresh.sequence ? returned : fresh;
  };
  const insert = (item: T): void => {
    const last = list.at(-1);
    if (last === undefined || last.sequence < item.sequence) list.push(item);
    else heap.push(item);
  };
  const dropHead = (): void => {
    head++;
    if (head < MIN_SWEEP || head * 2 < list.length) return;
    list = list.slice(head);
    head = 0;
  };
  const lane: Lane<T> = {
    size: 0,
    passedOver: 0,
    add(item) {
      lane.size++;
      insert(item);
    },
    peek() {
      const item = firstItem();
      if (parked === undefined || parked.size === 0) return item;
      return item === undefined || parked.oldest < item.sequence ? lane.unpark(parked.oldest) : item;
    },
    take() {
      const item = lane.peek() as T;
      if (item === heap.peek()) heap.pop();
      else dropHead();
      lane.size--;
      return item;
    },
    forget() {
      lane.size--;
      removed++;
      if (lane.size === 0) lane.passedOver = 0;
      if (removed < MIN_SWEEP || removed < lane.size) return;
      list = list.slice(head).filter((item) => item.queued);
      head = 0;
      heap.keep((item) => item.queued);
      removed = 0;
    },
    park(message) {
      parked ??= createParkedMail(priority);
      if (!parked.add(message)) return false;
      lane.size++;
      return true;
    },
    findParked: (sequence) => parked?.find(sequence),
    unpark(sequence) {
      const message = parked?.take(sequence);
      if (message === undefined) return undefined;
      const item = unpark(message);
      item.queued = true;
      insert(item);
      return item;
    },
  };
  return lane;
}
