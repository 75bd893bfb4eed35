/**
 * How many durable rounds the engine does a second: send, lease, acknowledge, each
 * message 256 bytes, everything fsynced, nothing else in the way. Its own process,
 * no network. Prints a table, and the machine it is true of.
 *
 * The rounds of a task have a tag, keep the envelope, and forget it in a write of its own
 * at the end, as the bus does.
 *
 *   node bench/engine.ts [--seconds 5] [--dir <data directory>]
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Engine } from '../src/engine/engine.ts';
import { openEngine } from '../src/engine/open.ts';
import { createSystemClock } from '../src/lib/clock.ts';
import { createSystemRandom } from '../src/lib/random.ts';
import { STORE_LIMITS } from '../src/limits.ts';

type Kind = 'message' | 'task';

interface Result {
  readonly kind: Kind;
  readonly inFlight: number;
  readonly roundsPerSecond: number;
  readonly writesPerCommit: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time a round costs: the main thread's, and that of all threads. */
  readonly mainMicros: number;
  readonly allMicros: number;
}

const ENVELOPE_BYTES = 256;
const AGENTS = 16;
const IN_FLIGHT = [1, 16, 128, 512, 1024, 4096];
const TASKS_IN_FLIGHT = [128, 1024];

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, dir: { type: 'string' } } });

async function main(): Promise<void> {
  const results: Result[] = [];
  const durationMs = Number(values.seconds) * 1_000;
  for (const inFlight of IN_FLIGHT) results.push(await run('message', inFlight, durationMs));
  for (const inFlight of TASKS_IN_FLIGHT) results.push(await run('task', inFlight, durationMs));
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, SQLite ${process.versions.sqlite}`);
  console.log(`${ENVELOPE_BYTES} B envelopes, ${AGENTS} mailboxes, send -> lease -> acknowledge, both writes fsynced`);
  console.table(results);
}

async function run(kind: Kind, inFlight: number, durationMs: number): Promise<Result> {
  const dataDir = mkdtempSync(join(values.dir ?? tmpdir(), 'agentbus-bench-'));
  let commits = 0;
  let writes = 0;
  const engine = await openEngine({
    engine: 'sqlite',
    dataDir,
    clock: createSystemClock(),
    random: createSystemRandom(),
    limits: STORE_LIMITS,
    observer: {
      committed(count) {
        commits++;
        writes += count;
      },
    },
  });
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const mainBefore = process.threadCpuUsage();
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  await Promise.all(Array.from({ length: inFlight }, (_, lane) => runLane(engine, { kind, lane, until, latencies })));
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const main = process.threadCpuUsage(mainBefore);
  await engine.close();
  rmSync(dataDir, { recursive: true });
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2));
  const perRound = (used: NodeJS.CpuUsage): number => Number(((used.user + used.system) / latencies.length).toFixed(1));
  return {
    kind,
    inFlight,
    roundsPerSecond: Math.round((latencies.length / elapsedMs) * 1_000),
    writesPerCommit: Math.round(writes / commits),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    mainMicros: perRound(main),
    allMicros: perRound(cpu),
  };
}

interface LaneOptions {
  readonly kind: Kind;
  readonly lane: number;
  readonly until: number;
  readonly latencies: number[];
}

/** One sender and one receiver in lock-step; many lanes share the engine, and each mailbox. */
async function runLane(engine: Engine, { kind, lane, until, latencies }: LaneOptions): Promise<void> {
  const agentId = `bench://receiver-${lane % AGENTS}`;
  const envelope = new Uint8Array(ENVELOPE_BYTES).fill(lane);
  const fingerprint = createHash('sha256').update(envelope).digest();
  for (let round = 0; performance.now() < until; round++) {
    const startedAt = performance.now();
    const message = {
      sender: `bench://sender-${lane}`,
      messageId: `msg-${lane}-${round}`,
      fingerprint,
      recipients: [agentId],
      priority: 2,
      acceptedAt: Date.now(),
      tag: kind === 'task' ? 1 : 0,
      keep: kind === 'task',
      envelope,
    };
    await engine.journal.commit({ messages: [message] });
    const leases = await engine.mailboxes.lease({
      agentId,
      holder: 'bench',
      limit: 1,
      maxBytes: 1 << 20,
      leaseMs: 30_000,
    });
    const { stale, tagged } = await engine.mailboxes.acknowledge(
      agentId,
      leases.map((lease) => lease.deliveryId),
    );
    if (leases.length !== 1 || stale.length > 0) throw new Error('a message went missing');
    if (kind === 'task') await engine.journal.commit({ forget: tagged });
    latencies.push(performance.now() - startedAt);
  }
}

await main();
