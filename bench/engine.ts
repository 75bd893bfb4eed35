/**
 * How many durable rounds the engine does a second: send, lease, acknowledge, everything fsynced, nothing else in
 * the way. Its own process, no network. Prints a table, and the machine it is true of.
 *
 * - `message`: each message is a write, a lease and an acknowledgement of its own.
 * - `frame`: so many messages are accepted together, leased together and acknowledged together, as streams do it.
 * - `task`: as `message`, with a tag and an envelope that is kept, and forgotten in a write of its own at the end.
 *
 * Beside each, `floorShare` is what part it reaches of the rounds that the disk alone would do: the same bytes and
 * the same number of writes a commit, appended to a file and synced, and nothing else.
 *
 *   node bench/engine.ts [--seconds 5] [--dir <data directory>] [--only frame] [--bytes 256] [--json]
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Engine, NewMessage } from '../src/engine/engine.ts';
import { openEngine } from '../src/engine/open.ts';
import { createSystemClock } from '../src/lib/clock.ts';
import { createSystemRandom } from '../src/lib/random.ts';
import { STORE_LIMITS } from '../src/limits.ts';

interface Load {
  readonly kind: 'message' | 'frame' | 'task';
  /** Messages that go together. */
  readonly together: number;
  /** Messages that are sent and not acknowledged, at most. */
  readonly inFlight: number;
  readonly bytes: number;
}

interface Result extends Load {
  readonly roundsPerSecond: number;
  readonly writesPerCommit: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time a round costs: the main thread's, the bench's own work included; the store's; that of all. */
  readonly mainMicros: number;
  readonly storeMicros: number;
  readonly allMicros: number;
  /** How late the event loop was. */
  readonly loopP99Ms: number;
  readonly floorShare: number;
}

const AGENTS = 16;
const BYTES = [256, 1024];
const LOADS: readonly Omit<Load, 'bytes'>[] = [
  ...[1, 16, 128, 512, 1024, 4096].map((inFlight) => ({ kind: 'message', together: 1, inFlight }) as const),
  ...[16, 64].flatMap((together) => [1024, 4096].map((inFlight) => ({ kind: 'frame', together, inFlight }) as const)),
  ...[128, 1024].map((inFlight) => ({ kind: 'task', together: 1, inFlight }) as const),
];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    dir: { type: 'string' },
    only: { type: 'string' },
    bytes: { type: 'string' },
    inFlight: { type: 'string' },
    json: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  const results: Result[] = [];
  const sizes = values.bytes === undefined ? BYTES : [Number(values.bytes)];
  for (const bytes of sizes) {
    for (const load of LOADS) {
      if (values.only !== undefined && load.kind !== values.only) continue;
      if (values.inFlight !== undefined && load.inFlight !== Number(values.inFlight)) continue;
      results.push(await run({ ...load, bytes }, Number(values.seconds) * 1_000));
    }
  }
  if (values.json) return console.log(JSON.stringify(results));
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, SQLite ${process.versions.sqlite}`);
  console.log(`${AGENTS} mailboxes, send -> lease -> acknowledge, both writes fsynced`);
  console.table(results);
}

async function run(load: Load, durationMs: number): Promise<Result> {
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
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const storeBefore = storeThreadMicros();
  const cpuBefore = process.cpuUsage();
  const mainBefore = process.threadCpuUsage();
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  const lanes = Array.from({ length: load.inFlight / load.together }, (_, lane) =>
    runLane(engine, { load, lane, until, latencies }),
  );
  await Promise.all(lanes);
  const elapsedMs = performance.now() - startedAt;
  const main = micros(process.threadCpuUsage(mainBefore));
  const store = storeThreadMicros() - storeBefore;
  const all = micros(process.cpuUsage(cpuBefore));
  loop.disable();
  await engine.close();
  const rounds = latencies.length * load.together;
  const writesPerCommit = Math.round(writes / commits);
  const roundsPerSecond = Math.round((rounds / elapsedMs) * 1_000);
  const floor = floorRounds({ bytes: load.bytes, writesPerCommit, durationMs: Math.min(durationMs, 1_000), dataDir });
  rmSync(dataDir, { recursive: true });
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => round(latencies[Math.floor(latencies.length * share)] ?? 0);
  return {
    ...load,
    roundsPerSecond,
    writesPerCommit,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    mainMicros: round(main / rounds),
    storeMicros: round(store / rounds),
    allMicros: round(all / rounds),
    loopP99Ms: round(loop.percentile(99) / 1e6),
    floorShare: round(roundsPerSecond / floor),
  };
}

interface LaneOptions {
  readonly load: Load;
  readonly lane: number;
  readonly until: number;
  readonly latencies: number[];
}

/** One sender and one receiver in lock-step; many lanes share the engine, and each mailbox. */
async function runLane(engine: Engine, { load, lane, until, latencies }: LaneOptions): Promise<void> {
  const { kind, together, bytes } = load;
  const agentId = `bench://receiver-${lane % AGENTS}`;
  const envelope = new Uint8Array(bytes).fill(lane);
  const fingerprint = createHash('sha256').update(envelope).digest();
  const isTask = kind === 'task';
  const fixed = { sender: `bench://sender-${lane}`, fingerprint, recipients: [agentId], priority: 2, envelope };
  const lease = { agentId, holder: `bench-${lane}`, limit: together, maxBytes: 1 << 20, leaseMs: 30_000 };
  let sent = 0;
  const newMessage = (): NewMessage => {
    const messageId = `msg-${lane}-${sent++}`;
    return { ...fixed, messageId, acceptedAt: Date.now(), ...(isTask && { tag: 1, keep: true }) };
  };
  while (performance.now() < until) {
    const startedAt = performance.now();
    if (kind === 'frame') await acceptAll(engine, Array.from({ length: together }, newMessage));
    else await engine.journal.commit({ messages: [newMessage()] });
    const leases = await engine.mailboxes.lease(lease);
    const deliveryIds = leases.map(({ deliveryId }) => deliveryId);
    const { stale, tagged } = await engine.mailboxes.acknowledge(agentId, deliveryIds);
    if (leases.length !== together || stale.length > 0) throw new Error('a message went missing');
    if (isTask) await engine.journal.commit({ forget: tagged });
    latencies.push(performance.now() - startedAt);
  }
}

function acceptAll({ journal }: Engine, messages: readonly NewMessage[]): Promise<void> {
  return new Promise((resolve, reject) => {
    journal.accept(messages, {
      done: (refusals) => (refusals === undefined ? resolve() : reject(new Error('a message was refused'))),
      failed: reject,
    });
  });
}

interface FloorOptions {
  readonly bytes: number;
  readonly writesPerCommit: number;
  readonly durationMs: number;
  readonly dataDir: string;
}

/** Numbers beside an envelope and in an acknowledgement that a log would have at least. */
const LOG_HEAD_BYTES = 48;
const LOG_ACK_BYTES = 16;

/** Rounds a second of a program that appends to a file and syncs it: half of the writes are messages. */
function floorRounds({ bytes, writesPerCommit, durationMs, dataDir }: FloorOptions): number {
  const perWrite = (bytes + LOG_HEAD_BYTES + LOG_ACK_BYTES) / 2;
  const batch = Buffer.alloc(Math.ceil(perWrite * writesPerCommit), 1);
  const file = openSync(join(dataDir, 'floor'), 'w');
  const startedAt = performance.now();
  let commits = 0;
  for (; performance.now() - startedAt < durationMs; commits++) {
    writeSync(file, batch);
    fdatasyncSync(file);
  }
  const elapsedMs = performance.now() - startedAt;
  closeSync(file);
  return ((commits * writesPerCommit) / 2 / elapsedMs) * 1_000;
}

/** Processor time of the thread that runs the store; NaN where the system does not tell it by thread. */
function storeThreadMicros(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const tasks = readdirSync('/proc/self/task').map((task) => `/proc/self/task/${task}`);
  const store = tasks.find((task) => readFileSync(`${task}/comm`, 'utf8').trim() === 'agentbus-sqlite');
  return store === undefined ? Number.NaN : Number(readFileSync(`${store}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}

function micros({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

await main();
