import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figures, figuresOf, lossesOf } from './figures.ts';
import { measureFsync } from './fsync-time.ts';
import type { LoadResult, Peer, RunningPeer, Scenario } from './peer.ts';
import { readRss, readUsage, type Usage, usageBetween } from './process-usage.ts';

export interface BenchOptions {
  /** The first is what the others are compared to. */
  readonly peers: readonly Peer[];
  readonly scenarios: readonly Scenario[];
  /** Turns that each peer has in each scenario. */
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** A folder on the disk that is measured. */
  readonly dir: string;
  readonly serverCores: string | undefined;
  readonly loadCores: string | undefined;
  /** Told of each turn as it ends. */
  report(line: string): void;
}

/** All turns of one peer in one scenario, in their order. */
export interface Series {
  readonly scenario: Scenario;
  readonly peer: Pick<Peer, 'name' | 'version' | 'configuration' | 'acknowledgement' | 'client'>;
  readonly turns: readonly Figures[];
}

export interface BenchResult {
  readonly series: readonly Series[];
  /** What went missing or failed, in words. A bench with faults has measured nothing. */
  readonly faults: string[];
}

interface Contestant {
  readonly peer: Peer;
  readonly running: RunningPeer;
  readonly dir: string;
  readonly turns: Figures[];
}

/** The first turn warms up this many times as long: compilers have to see a server before it is measured. */
const FIRST_WARM_UP = 3;

/**
 * Measures every scenario. The servers of all peers run side by side, and one at a time has something to do: round by round, each
 * round in another order, so that what the machine does meanwhile meets all of them.
 */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const series: Series[] = [];
  const faults: string[] = [];
  for (const scenario of options.scenarios) {
    const contestants = await startAll(scenario, options, faults);
    try {
      await runRounds(scenario, { ...options, contestants, faults });
    } finally {
      await stopAll(contestants, faults);
    }
    for (const { peer, turns } of contestants) {
      const { name, version, configuration, acknowledgement, client } = peer;
      series.push({ scenario, peer: { name, version, configuration, acknowledgement, client }, turns });
    }
  }
  return { series, faults };
}

async function startAll(scenario: Scenario, options: BenchOptions, faults: string[]): Promise<Contestant[]> {
  const { serverCores, loadCores } = options;
  const contestants: Contestant[] = [];
  await mkdir(options.dir, { recursive: true });
  for (const peer of options.peers.filter((each) => each.takes(scenario))) {
    const dir = await mkdtemp(join(options.dir, 'agentbus-bench-'));
    try {
      contestants.push({ peer, running: await peer.start({ dir, serverCores, loadCores }), dir, turns: [] });
    } catch (error) {
      faults.push(`${peer.name} did not start: ${error}`);
      await rm(dir, { recursive: true, force: true });
    }
  }
  return contestants;
}

async function stopAll(contestants: readonly Contestant[], faults: string[]): Promise<void> {
  for (const { peer, running, dir } of contestants) {
    await running.stop().catch((error) => faults.push(`${peer.name} did not stop well: ${error}`));
    await rm(dir, { recursive: true, force: true });
  }
}

interface RoundsOptions extends BenchOptions {
  readonly contestants: readonly Contestant[];
  readonly faults: string[];
}

async function runRounds(scenario: Scenario, options: RoundsOptions): Promise<void> {
  const { contestants, rounds, faults, report } = options;
  const failed = new Set<Contestant>();
  for (let round = 0; round < rounds; round++) {
    const order = contestants.map((_, index) => contestants[(index + round) % contestants.length]);
    for (const contestant of order) {
      if (contestant === undefined || failed.has(contestant)) continue;
      const name = `${scenario.name}, ${contestant.peer.name}`;
      try {
        const figures = await runTurn(scenario, contestant, {
          warmUpSeconds: options.warmUpSeconds * (round === 0 ? FIRST_WARM_UP : 1),
          seconds: options.seconds,
        });
        contestant.turns.push(figures);
        const losses = lossesOf(figures.counts);
        faults.push(...losses.map((loss) => `${name}: ${loss}`));
        report(`round ${round + 1}, ${name}: ${Math.round(figures.perSecond)}/s`);
      } catch (error) {
        failed.add(contestant);
        faults.push(`${name}: ${error instanceof Error ? error.message : error}`);
        report(`round ${round + 1}, ${name}: failed`);
      }
    }
  }
}

interface Length {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

async function runTurn(scenario: Scenario, { running, dir }: Contestant, length: Length): Promise<Figures> {
  const { pids } = running;
  const fsync = measureFsync(dir);
  let before: Usage | undefined;
  let usage: Usage = { totalMicros: 0, threads: {} };
  let rss = 0;
  let delay: Promise<number | undefined> | undefined;
  const result: LoadResult = await running.run(scenario, {
    ...length,
    began() {
      before = readUsage(pids);
      // The delay is that since the last call: what it says now is of the time before. What goes wrong goes wrong again at the end.
      running.loopDelayP99Ms?.().catch(() => undefined);
    },
    ended() {
      usage = usageBetween(before ?? usage, readUsage(pids));
      rss = readRss(pids);
      delay = running.loopDelayP99Ms?.();
      // Awaited below, unless the turn fails first.
      delay?.catch(() => undefined);
    },
  });
  const loopDelayP99Ms = await delay;
  const depth = (await running.depth?.()) ?? 0;
  if (depth !== 0) throw new Error(`${depth} messages were left over`);
  return figuresOf({ result, usage, hasServer: pids.length > 0, rss, loopDelayP99Ms, fsync });
}
