/** The process that is measured: one engine, or one bus, and the load on it. */
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createBus } from '../../src/bus/create-bus.ts';
import { openEngine } from '../../src/engine/open.ts';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createBusLoad } from './bus-load.ts';
import { createEngineLoad, type Load } from './engine-load.ts';
import type { Figures, Memory, SubjectOptions, SubjectReply, SubjectRequest } from './subject-messages.ts';

const [options] = (await once(process, 'message')) as [SubjectOptions];
const MICROS = 1_000;
const NANOS_PER_MS = 1e6;

async function open(): Promise<{ load: Load; close(): Promise<void> }> {
  const { dataDir, layer, agents, sessions, envelopeCacheBytes = STORE_LIMITS.envelopeCacheBytes } = options;
  const clock = createSystemClock();
  const random = createSystemRandom();
  // Room for a million messages in ten mailboxes, and what the load puts on top.
  const limits = { ...STORE_LIMITS, envelopeCacheBytes, maxMailboxMessages: 250_000 };
  const engine = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits, observer: {} });
  if (layer === 'engine') return { load: createEngineLoad(engine, agents), close: () => engine.close() };
  const life = { heartbeatIntervalMs: 15_000, taskLeaseMs: 30_000 };
  const bus = await createBus({ engine, clock, random, observer: {}, ...life });
  return { load: await createBusLoad(bus, { agents, sessions }), close: () => bus.close() };
}

async function run(load: Load, ms: number): Promise<Figures> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const rounds = await load(ms);
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  delay.disable();
  return {
    roundsPerSecond: (rounds / elapsedMs) * MICROS,
    cpuMicros: (cpu.user + cpu.system) / rounds,
    loopP99Ms: delay.percentile(99) / NANOS_PER_MS,
    loopMaxMs: delay.max / NANOS_PER_MS,
  };
}

function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heap: heapUsed + arrayBuffers };
}

const tell = (reply: SubjectReply): void => void process.send?.(reply);

const startedAt = performance.now();
const { load, close } = await open();
tell({ kind: 'opened', memory: memory(), openMs: performance.now() - startedAt });
process.on('message', (request: SubjectRequest) => {
  if (request.kind === 'run') void run(load, request.ms).then((figures) => tell({ kind: 'ran', figures }));
  else void close().then(() => process.exit());
});
// The run was broken off.
process.on('disconnect', () => process.exit());
