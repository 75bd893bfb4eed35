import type { DatabaseSync } from 'node:sqlite';

/** Numbers that would take a walk through a table to find out, kept up to date beside it. */
const NAMES = ['dead_letters', 'dead_letter_bytes', 'ended_session_bytes'] as const;

export type CounterName = (typeof NAMES)[number];

export interface Counters {
  get(name: CounterName): number;
  add(name: CounterName, change: number): void;
  /** Writes down what has changed; part of every batch, so that a count is as durable as what it counts. */
  settle(): void;
}

export function createCounters(db: DatabaseSync): Counters {
  const read = db.prepare('SELECT value FROM state WHERE name = ?');
  const write = db.prepare('UPDATE state SET value = ? WHERE name = ?');
  const values = new Map(NAMES.map((name) => [name, read.get(name)?.value as number]));
  const changed = new Set<CounterName>();
  const get = (name: CounterName): number => values.get(name) as number;
  return {
    get,
    add(name, change) {
      if (change === 0) return;
      values.set(name, get(name) + change);
      changed.add(name);
    },
    settle() {
      if (changed.size === 0) return;
      for (const name of changed) write.run(get(name), name);
      changed.clear();
    },
  };
}
