import { SQLITE_LIMITS } from '../../limits.ts';
import type { NewEntry } from './new-entry.ts';
import { returnCode, returnReason } from './return-code.ts';

/**
 * Messages of one mailbox and priority that wait for their first delivery by this process, as rows of numbers in the order
 * of acceptance. An object each would be copied and marked by every garbage collection for as long as the message waits.
 */
export interface ParkedMail {
  readonly size: number;
  /** The sequence of the oldest; Infinity if there is none. */
  readonly oldest: number;
  /** Puts a message behind all others; false, and nothing done, if its place is before one of them. */
  add(message: NewEntry): boolean;
  /** The message of this sequence, which stays. */
  find(sequence: number): NewEntry | undefined;
  take(sequence: number): NewEntry | undefined;
}

/** Rows that are made and dropped together. */
interface Block {
  readonly numbers: Float64Array;
  /** Rows in it. */
  used: number;
}

/** Columns of a row; the last one has tag, reason of return and attempts in it, or `TAKEN`. */
const [SEQUENCE, SIZE, EXPIRES_AT, SHARED, REST] = [0, 1, 2, 3, 4];
const COLUMNS = 5;
const TAKEN = -1;
const TAGS = 65_536;
const RETURN_CODES = 8;
/** Rows that were taken out of turn stay until all before them are gone; past this many, and half of all, they are swept out. */
const MIN_SWEEP = 64;

export function createParkedMail(priority: number): ParkedMail {
  const { parkedBlockRows, firstParkedBlockRows } = SQLITE_LIMITS;
  let blocks: Block[] = [];
  /** The row of the oldest in the first block. */
  let head = 0;
  let size = 0;
  /** Rows behind the head that were taken. */
  let holes = 0;

  const roomAtEnd = (): Block => {
    const last = blocks.at(-1);
    if (last !== undefined && last.used * COLUMNS < last.numbers.length) return last;
    // As large as all before it: a short queue stays small, a long one has few blocks.
    const rows = Math.min(Math.max(size, firstParkedBlockRows), parkedBlockRows);
    const block = { numbers: new Float64Array(rows * COLUMNS), used: 0 };
    blocks.push(block);
    return block;
  };
  const newest = (): number => {
    const last = blocks.at(-1);
    return last === undefined ? Number.NEGATIVE_INFINITY : sequenceAt(last, last.used - 1);
  };
  const lookUp = (sequence: number): { block: Block; row: number } | undefined => {
    const at = lastUpTo(blocks.length, (index) => sequenceAt(blocks[index] as Block, 0) <= sequence);
    const block = blocks[at];
    if (block === undefined) return undefined;
    const row = lastUpTo(block.used, (index) => sequenceAt(block, index) <= sequence);
    const isThere = sequenceAt(block, row) === sequence && block.numbers[row * COLUMNS + REST] !== TAKEN;
    return isThere ? { block, row } : undefined;
  };
  const toMessage = ({ numbers }: Block, row: number): NewEntry => {
    const at = (column: number): number => numbers[row * COLUMNS + column] as number;
    const rest = at(REST);
    const marks = Math.floor(rest / TAGS);
    return {
      sequence: at(SEQUENCE),
      priority,
      size: at(SIZE),
      expiresAt: at(EXPIRES_AT),
      availableAt: 0,
      tag: rest % TAGS,
      shared: at(SHARED),
      attempts: Math.floor(marks / RETURN_CODES),
      returned: returnReason(marks % RETURN_CODES),
    };
  };
  /** Moves the head to a row that is there, and drops the blocks before it. */
  const settleHead = (): void => {
    for (;;) {
      const [first] = blocks;
      if (first === undefined) return;
      while (head < first.used && first.numbers[head * COLUMNS + REST] === TAKEN) {
        head++;
        holes--;
      }
      if (head < first.used) return;
      blocks.shift();
      head = 0;
    }
  };
  const sweep = (): void => {
    const old = blocks;
    blocks = [];
    holes = 0;
    for (const [index, { numbers, used }] of old.entries()) {
      for (let row = index === 0 ? head : 0; row < used; row++) {
        if (numbers[row * COLUMNS + REST] === TAKEN) continue;
        const block = roomAtEnd();
        block.numbers.set(numbers.subarray(row * COLUMNS, (row + 1) * COLUMNS), block.used * COLUMNS);
        block.used++;
      }
    }
    head = 0;
  };
  return {
    get size() {
      return size;
    },
    get oldest() {
      const [first] = blocks;
      return first === undefined ? Number.POSITIVE_INFINITY : sequenceAt(first, head);
    },
    add({ sequence, size: bytes, expiresAt, shared, tag, attempts, returned }) {
      if (sequence <= newest()) return false;
      const block = roomAtEnd();
      const { numbers } = block;
      const start = block.used * COLUMNS;
      numbers[start + SEQUENCE] = sequence;
      numbers[start + SIZE] = bytes;
      numbers[start + EXPIRES_AT] = expiresAt;
      numbers[start + SHARED] = shared;
      numbers[start + REST] = tag + TAGS * (returnCode(returned) + RETURN_CODES * attempts);
      block.used++;
      size++;
      return true;
    },
    find(sequence) {
      const found = lookUp(sequence);
      return found && toMessage(found.block, found.row);
    },
    take(sequence) {
      const found = lookUp(sequence);
      if (found === undefined) return undefined;
      const { block, row } = found;
      const message = toMessage(block, row);
      block.numbers[row * COLUMNS + REST] = TAKEN;
      size--;
      holes++;
      settleHead();
      if (holes >= MIN_SWEEP && holes > size) sweep();
      return message;
    },
  };
}

function sequenceAt({ numbers }: Block, row: number): number {
  return numbers[row * COLUMNS + SEQUENCE] as number;
}

/** The last of `count` places of which `isUpTo` is true, -1 if there is none; it is true of none after one of which it is not. */
function lastUpTo(count: number, isUpTo: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isUpTo(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
