import type fc from 'fast-check';
import type { FuzzedBus } from '../bus/fuzzed-bus.ts';

export const PART_NAMES = ['rpc', 'json', 'frames', 'http1', 'http2'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** One kind of input and how a run of it goes. */
export interface Part {
  readonly name: PartName;
  /** A run, and what it throws when the bus does what it must not. */
  readonly property: fc.IAsyncProperty<unknown>;
}

/** What was done, by name: calls by status, frames by answer. */
export interface Counts {
  add(name: string): void;
  entries(): [string, number][];
}

export interface PartOptions {
  readonly bus: FuzzedBus;
  /** The same with TLS, for what happens before there is any HTTP. */
  readonly tlsBus?: FuzzedBus;
  readonly counts: Counts;
}

export function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    add: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    entries: () => [...counts].sort(([, a], [, b]) => b - a),
  };
}
