/** A set of ids in ascending order, for lists that are read page by page. */
export interface SortedIds {
  readonly size: number;
  add(id: string): void;
  remove(id: string): void;
  /** Those greater than `after`, ascending; all if there is no `after`. */
  above(after: string | undefined): Iterable<string>;
}

export function createSortedIds(initial: Iterable<string>): SortedIds {
  // Compared like the store does it, by code unit and not by any language's alphabet.
  const ids = [...initial].sort((a, b) => (a < b ? -1 : 1));

  /** Place of the first id that is not less than `id`. */
  const placeOf = (id: string): number => {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ids[middle] as string) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    get size() {
      return ids.length;
    },
    add(id) {
      const place = placeOf(id);
      if (ids[place] !== id) ids.splice(place, 0, id);
    },
    remove(id) {
      const place = placeOf(id);
      if (ids[place] === id) ids.splice(place, 1);
    },
    *above(after) {
      let place = after === undefined ? 0 : placeOf(after);
      if (ids[place] === after) place++;
      for (; place < ids.length; place++) yield ids[place] as string;
    },
  };
}
