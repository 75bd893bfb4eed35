/**
 * Numbers copies of messages in the order of acceptance. Delivery ids and the ids of dead letters are made of these
 * numbers, so none is given twice.
 */
export interface Sequences {
  /** The first of so many new ones in a row. */
  take(count: number): number;
}

/** Goes on after the newest one in use. */
export function createSequences(newest: number): Sequences {
  let last = newest;
  return {
    take(count) {
      const first = last + 1;
      last += count;
      return first;
    },
  };
}
