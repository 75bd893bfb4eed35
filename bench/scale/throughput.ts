import { backlogAgent } from './fill-store.ts';
import { measurePair, type PairOptions, type PairResult } from './pairs.ts';
import type { Stores } from './stores.ts';
import type { SubjectOptions } from './subject-messages.ts';

/** How long, and how often, load is put on each of two sizes. */
export interface Effort {
  readonly pairs: number;
  readonly ms: number;
}

const EMPTY = { pending: 0, mailboxes: 1_000, remembered: 0 };
const FEW_AGENTS = 16;

/** `count` agents that no stored mail waits for. */
function agents(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `bench://agent-${index}`);
}

export type Scenario = (stores: Stores, effort: Effort) => Promise<PairResult[]>;

/** Traffic through the mailboxes of 16 agents, and of 10,000 in turn. */
export const agentsScenario: Scenario = async (stores, effort) => {
  const of = (layer: 'engine' | 'bus', count: number): SubjectOptions => ({
    dataDir: stores.copy(EMPTY),
    layer,
    agents: agents(count),
    sessions: 0,
  });
  const pair = (layer: 'engine' | 'bus'): Promise<PairResult> =>
    measure(stores, {
      name: `10,000 agents, ${layer}`,
      small: of(layer, FEW_AGENTS),
      large: of(layer, 10_000),
      ...effort,
    });
  return [await pair('engine'), await pair('bus')];
};

/** Messages that are recorded in 16 sessions, and in 1,000 in turn. */
export const sessionsScenario: Scenario = async (stores, effort) => {
  const of = (sessions: number): SubjectOptions => ({
    dataDir: stores.copy(EMPTY),
    layer: 'bus',
    agents: agents(FEW_AGENTS),
    sessions,
  });
  return [await measure(stores, { name: '1,000 sessions, bus', small: of(16), large: of(1_000), ...effort })];
};

/** Traffic beside a million messages that wait, and through their mailboxes, where each delivery is read from the disk. */
export const backlogScenario: Scenario = async (stores, effort) => {
  const results: PairResult[] = [];
  for (const mailboxes of [1_000, 10]) {
    const store = { mailboxes, remembered: 0 };
    const beside = (pending: number): SubjectOptions => ({
      dataDir: stores.copy({ ...store, pending }),
      layer: 'engine',
      agents: agents(FEW_AGENTS),
      sessions: 0,
    });
    const through = (pending: number): SubjectOptions => ({
      ...beside(pending),
      agents: Array.from({ length: mailboxes }, (_, index) => backlogAgent(index)),
      envelopeCacheBytes: 0,
    });
    const name = `1,000,000 stored in ${mailboxes.toLocaleString('en')}`;
    results.push(
      await measure(stores, { name: `${name}, beside`, small: beside(0), large: beside(1_000_000), ...effort }),
      // As many as there are mailboxes for, so that the small one is as deep as a batch.
      await measure(stores, {
        name: `${name}, through`,
        small: through(mailboxes * 64),
        large: through(1_000_000),
        ...effort,
      }),
    );
  }
  return results;
};

/** Traffic on a store that remembers ten million ids, none of which comes again. */
export const dedupeScenario: Scenario = async (stores, effort) => {
  const of = (remembered: number): SubjectOptions => ({
    dataDir: stores.copy({ ...EMPTY, remembered }),
    layer: 'engine',
    agents: agents(FEW_AGENTS),
    sessions: 0,
  });
  return [await measure(stores, { name: '10,000,000 remembered', small: of(0), large: of(10_000_000), ...effort })];
};

async function measure(stores: Stores, options: PairOptions): Promise<PairResult> {
  try {
    const result = await measurePair(options);
    // One line at once: all of it takes minutes.
    console.log(`${result.name}: ${result.ratio.toPrecision(3)}, by processor time ${result.cpuRatio.toPrecision(3)}`);
    return result;
  } finally {
    stores.discard(options.small.dataDir);
    stores.discard(options.large.dataDir);
  }
}
