/** Counts things by name, and all of them; names without any are forgotten. */
export interface Tally {
  readonly total: number;
  of(name: string): number;
  add(name: string, by: 1 | -1): void;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    of: (name) => counts.get(name) ?? 0,
    add(name, by) {
      total += by;
      const count = (counts.get(name) ?? 0) + by;
      if (count === 0) counts.delete(name);
      else counts.set(name, count);
    },
  };
}
