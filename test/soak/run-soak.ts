import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { judge, type Phase, type Sample, type Verdict } from './judge.ts';
import { forkOpenLoop } from './load/fork-open-loop.ts';
import type { LoopLedger } from './load/open-loop.ts';
import { readProcessMemory } from './load/process-memory.ts';
import { createSeededRandom } from './seeded-random.ts';
import { startSideTraffic } from './side-traffic.ts';
import { createStalledPeers } from './stalled-peers.ts';

export interface SoakOptions {
  /** After the warm-up. */
  readonly minutes: number;
  /** Minutes of the same traffic that do not count for memory: caches have to be full, and V8 has to have collected its heap once. */
  readonly warmUpMinutes: number;
  /** Streams in all. */
  readonly streams: number;
  /** Percent of them that take and never read or never acknowledge. */
  readonly stalledPercent: number;
  /** Messages a second between the healthy. */
  readonly rate: number;
  readonly seed: number;
  /** Told of each phase as it ends. */
  report(line: string): void;
}

export interface SoakResult {
  readonly verdict: Verdict;
  readonly ledger: LoopLedger;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  readonly phases: readonly Phase[];
  /** What the bus ended with. */
  readonly exitCode: number | null;
}

const SAMPLE_EVERY_MS = 1_000;
/** Long enough for some thousand messages, short enough that a run of two minutes has several of each kind. */
const PHASE_SECONDS = 15;
const MiB = 1024 * 1024;

/** Ended things are forgotten within the run. */
const RETENTION = {
  AGENT_BUS_MESSAGE_RETENTION: '60000',
  AGENT_BUS_DEAD_LETTER_RETENTION: '60000',
  AGENT_BUS_SESSION_RETENTION: '60000',
};

/** Runs steady traffic against a real bus, in turns with stalled readers and without, and reads the bus all the time. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-soak-'));
  const bus = await startBusProcess({ dataDir, env: RETENTION });
  try {
    return await soak(bus, options);
  } finally {
    // Harmless when it was stopped in good order.
    bus.child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function soak(bus: BusProcess, options: SoakOptions): Promise<SoakResult> {
  const { streams, stalledPercent, rate, minutes, warmUpMinutes } = options;
  const at = { address: bus.address, apiKey: bus.apiKey };
  const stalledIds = Array.from(
    { length: Math.ceil((streams * stalledPercent) / 100) },
    (_, index) => `stalled://${index}`,
  );
  const healthy = await forkOpenLoop({
    ...at,
    agents: streams - stalledIds.length,
    rate,
    name: 'healthy',
    payloadBytes: 500,
  });
  const stalled = createStalledPeers({ ...at, agentIds: stalledIds });
  // Registered by their first streams, so that they can be sent to.
  stalled.stall();
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  const side = await startSideTraffic({ ...at, random: createSeededRandom(options.seed), stalled: stalledIds });
  const samples: Sample[] = [];
  const phases: Phase[] = [];
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  let isStalled = false;
  let phaseEndsAt = 0;
  while (elapsed() < (warmUpMinutes + minutes) * 60) {
    if (elapsed() >= phaseEndsAt) {
      const figures = await healthy.look();
      if (phaseEndsAt > 0) {
        const phase = { stalled: isStalled, figures };
        phases.push(phase);
        options.report(phaseLine(elapsed(), phase, samples.at(-1)));
      }
      isStalled = !isStalled;
      if (!isStalled) stalled.leave();
      phaseEndsAt = elapsed() + PHASE_SECONDS;
    }
    if (isStalled) stalled.stall();
    samples.push(await read(bus, elapsed()));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  }
  stalled.leave();
  await side.stop();
  const ledger = await healthy.stop(30_000);
  const exitCode = await bus.stop();
  const { counts, failures } = side;
  return { verdict: judge(samples, phases, warmUpMinutes * 60), ledger, counts, failures, samples, phases, exitCode };
}

async function read(bus: BusProcess, atSeconds: number): Promise<Sample> {
  const { rss, handles } = readProcessMemory(bus.child.pid ?? 0);
  const metrics = await (await fetch(`${bus.address}/metrics`)).text();
  const delay = Number(/^agentbus_event_loop_delay_seconds\{quantile="0.99"\} (\S+)/m.exec(metrics)?.[1] ?? 0);
  const names = await readdir(bus.dataDir);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(bus.dataDir, name)).then(
        ({ size }) => size,
        // The bus may have removed it since.
        () => 0,
      ),
    ),
  );
  return { atSeconds, rss, handles, files: sizes.reduce((sum, size) => sum + size, 0), loopDelayP99Ms: delay * 1_000 };
}

function phaseLine(atSeconds: number, { stalled, figures }: Phase, sample?: Sample): string {
  const kind = stalled ? 'with stalled readers' : 'without             ';
  const { rss = 0, handles = 0, files = 0, loopDelayP99Ms = 0 } = sample ?? {};
  const size = (bytes: number) => `${(bytes / MiB).toFixed(1)} MiB`;
  return [
    `${atSeconds.toFixed(0).padStart(4)} s  ${kind}  p99 ${figures.p99Ms.toFixed(1)} ms`,
    `rss ${size(rss)}  files ${size(files)}  handles ${handles}  event loop p99 ${loopDelayP99Ms.toFixed(1)} ms`,
  ].join('  ');
}
