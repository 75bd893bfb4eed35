/**
 * How a batch crosses between the main thread and the worker: numbers, texts and
 * bytes in three columns, read back in the order in which they were written.
 *
 * Cloning one object per message is what makes a worker slow; three columns cost
 * the same few allocations for one message as for a thousand, and two of them are
 * moved instead of copied.
 */
export interface Tape extends TapeColumns {
  /** All texts run together; their lengths are among the numbers. One string crosses for the price of one. */
  readonly texts: string;
}

/** The columns that are moved. They may be longer than what was written. */
export interface TapeColumns {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface TapeWriter {
  number(value: number): void;
  /** NaN stands for what is absent. */
  optionalNumber(value: number | undefined): void;
  text(value: string): void;
  /** Copies the bytes, so the caller may do with them what it likes. */
  bytes(value: Uint8Array): void;
  optionalBytes(value: Uint8Array | undefined): void;
  /** Roughly how many bytes were written. */
  readonly weight: number;
  /** What was written. The writer must not be used after it. */
  finish(): Tape;
}

export interface TapeReader {
  number(): number;
  optionalNumber(): number | undefined;
  text(): string;
  /** A view into the tape; good for as long as the tape is. */
  bytes(): Uint8Array;
  optionalBytes(): Uint8Array | undefined;
  /** A copy that keeps nothing else in memory. */
  ownBytes(): Uint8Array;
  /** How far it has read. */
  place(): TapePlace;
}

/** A place on a tape: what is before it in each column. */
export interface TapePlace {
  readonly numbers: number;
  readonly texts: number;
  readonly bytes: number;
}

const ABSENT = -1;

/** Small ones, that grow: most replies say little. */
function emptyColumns(): TapeColumns {
  return { numbers: new Float64Array(64), bytes: new Uint8Array(1_024) };
}

/** Writes over `columns`, which nobody else may use any more: memory that is used again costs no page of new memory. */
export function createTapeWriter(columns: TapeColumns = emptyColumns()): TapeWriter {
  let { numbers, bytes } = columns;
  let numberCount = 0;
  let texts = '';
  let byteCount = 0;

  const number = (value: number): void => {
    if (numberCount === numbers.length) numbers = new Float64Array(numbers.buffer.transfer(numbers.byteLength * 2));
    numbers[numberCount++] = value;
  };
  const writeBytes = (value: Uint8Array): void => {
    number(value.byteLength);
    const end = byteCount + value.byteLength;
    if (end > bytes.byteLength) bytes = new Uint8Array(bytes.buffer.transfer(Math.max(bytes.byteLength * 2, end)));
    bytes.set(value, byteCount);
    byteCount = end;
  };
  return {
    number,
    optionalNumber: (value) => number(value ?? Number.NaN),
    text(value) {
      number(value.length);
      texts += value;
    },
    bytes: writeBytes,
    optionalBytes(value) {
      if (value === undefined) number(ABSENT);
      else writeBytes(value);
    },
    get weight() {
      return numberCount * Float64Array.BYTES_PER_ELEMENT + texts.length + byteCount;
    },
    finish: () => ({ numbers, texts, bytes }),
  };
}

export function createTapeReader(tape: Tape): TapeReader {
  let nextNumber = 0;
  let nextText = 0;
  let nextByte = 0;
  const number = (): number => {
    const value = tape.numbers[nextNumber++];
    if (value === undefined) throw new RangeError('read past the end of a tape');
    return value;
  };
  const view = (length: number): Uint8Array => {
    const start = nextByte;
    nextByte += length;
    return tape.bytes.subarray(start, nextByte);
  };
  return {
    number,
    optionalNumber() {
      const value = number();
      return Number.isNaN(value) ? undefined : value;
    },
    text() {
      const start = nextText;
      nextText += number();
      return tape.texts.slice(start, nextText);
    },
    bytes: () => view(number()),
    optionalBytes() {
      const length = number();
      return length === ABSENT ? undefined : view(length);
    },
    ownBytes: () => view(number()).slice(),
    place: () => ({ numbers: nextNumber, texts: nextText, bytes: nextByte }),
  };
}

/** The buffers of a tape, to be moved with it. Nobody else has them: the writer copied everything in. */
export function tapeBuffers({ numbers, bytes }: TapeColumns): ArrayBuffer[] {
  return [numbers.buffer, bytes.buffer];
}
