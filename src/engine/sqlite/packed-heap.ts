/** A binary heap of pairs of numbers, without an object for each: the smallest key comes out first. */
export interface PackedHeap {
  readonly size: number;
  /** The smallest key; Infinity if there is none. */
  readonly firstKey: number;
  push(key: number, value: number): void;
  /** Takes out the pair with the smallest key and returns its value; undefined if there is none. */
  pop(): number | undefined;
  /** Keeps only the pairs whose values pass. */
  keep(test: (value: number) => boolean): void;
}

const MIN_PAIRS = 16;

export function createPackedHeap(): PackedHeap {
  let pairs = new Float64Array(MIN_PAIRS * 2);
  let size = 0;

  const keyAt = (place: number): number => pairs[place * 2] as number;
  const set = (place: number, key: number, value: number): void => {
    pairs[place * 2] = key;
    pairs[place * 2 + 1] = value;
  };
  const move = (from: number, to: number): void => set(to, keyAt(from), pairs[from * 2 + 1] as number);
  const resize = (capacity: number): void => {
    const resized = new Float64Array(capacity * 2);
    resized.set(pairs.subarray(0, size * 2));
    pairs = resized;
  };
  const push = (key: number, value: number): void => {
    if (size * 2 === pairs.length) resize(size * 2);
    let place = size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (keyAt(parent) <= key) break;
      move(parent, place);
      place = parent;
    }
    set(place, key, value);
  };
  return {
    get size() {
      return size;
    },
    get firstKey() {
      return size === 0 ? Number.POSITIVE_INFINITY : keyAt(0);
    },
    push,
    pop() {
      if (size === 0) return undefined;
      const first = pairs[1];
      size--;
      const [key, value] = [keyAt(size), pairs[size * 2 + 1] as number];
      let place = 0;
      for (;;) {
        let child = place * 2 + 1;
        if (child >= size) break;
        if (child + 1 < size && keyAt(child + 1) < keyAt(child)) child++;
        if (keyAt(child) >= key) break;
        move(child, place);
        place = child;
      }
      set(place, key, value);
      // A quarter, so that a heap whose size goes up and down by a few is not copied each time.
      if (size >= MIN_PAIRS && size * 8 <= pairs.length) resize(size * 2);
      return first;
    },
    keep(test) {
      const before = pairs.slice(0, size * 2);
      size = 0;
      for (let at = 0; at < before.length; at += 2) {
        if (test(before[at + 1] as number)) push(before[at] as number, before[at + 1] as number);
      }
      resize(Math.max(size, MIN_PAIRS));
    },
  };
}
