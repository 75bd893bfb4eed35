/** A binary heap: the item that `before` puts first comes out first. */
export interface Heap<T> {
  readonly size: number;
  peek(): T | undefined;
  push(item: T): void;
  pop(): T | undefined;
  /** Takes out the item at a place that `placed` told. */
  removeAt(place: number): void;
  /** Keeps only the items that pass. */
  keep(test: (item: T) => boolean): void;
}

export interface HeapOptions<T> {
  before(a: T, b: T): boolean;
  /** Told the place of an item whenever it changes; for those who want to remove items early. */
  placed?(item: T, place: number): void;
}

export function createHeap<T>({ before, placed }: HeapOptions<T>): Heap<T> {
  const items: T[] = [];
  const set = (place: number, item: T): void => {
    items[place] = item;
    placed?.(item, place);
  };
  const up = (from: number, item: T): void => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = items[parent] as T;
      if (!before(item, above)) break;
      set(place, above);
      place = parent;
    }
    set(place, item);
  };
  const down = (from: number, item: T): void => {
    let place = from;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child++;
      const below = items[child] as T;
      if (!before(below, item)) break;
      set(place, below);
      place = child;
    }
    set(place, item);
  };
  const removeAt = (place: number): void => {
    const last = items.pop() as T;
    if (place === items.length) return;
    const parent = (place - 1) >> 1;
    if (place > 0 && before(last, items[parent] as T)) up(place, last);
    else down(place, last);
  };
  return {
    get size() {
      return items.length;
    },
    peek: () => items[0],
    push: (item) => up(items.length, item),
    pop() {
      const first = items[0];
      if (items.length > 0) removeAt(0);
      return first;
    },
    removeAt,
    keep(test) {
      const kept = items.filter(test);
      items.length = 0;
      for (const item of kept) up(items.length, item);
    },
  };
}
