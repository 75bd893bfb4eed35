/**
 * What the domain costs beside the engine below it: durable rounds of send, deliver and acknowledge in one process,
 * with no transport. Each load is run twice, by the engine's own calls and by the bus on it, with the same frames.
 *
 * `mainMicros` and `allMicros` are the processor time of a round, of the main thread with the bench's own work and of all
 * threads; `domainMicros` is what the bus adds to the main thread over the run of the engine right before it.
 *
 *   node bench/domain.ts [--seconds 3] [--dir <data directory>] [--only bus] [--frame 16] [--bytes 256] [--json]
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { create } from '@bufbuild/protobuf';
import { AgentDescriptorSchema } from '../gen/ts/agentbus/v1/agent_pb.js';
import { EnvelopeSchema, MessageType } from '../gen/ts/agentbus/v1/envelope_pb.js';
import type { Bus } from '../src/bus/bus.ts';
import type { Caller } from '../src/bus/caller.ts';
import { createBus } from '../src/bus/create-bus.ts';
import { type IncomingMessage, incomingFromEnvelope } from '../src/bus/message/incoming.ts';
import type { Engine, Lease } from '../src/engine/engine.ts';
import { openEngine } from '../src/engine/open.ts';
import { createSystemClock } from '../src/lib/clock.ts';
import { createSystemRandom } from '../src/lib/random.ts';
import { STORE_LIMITS } from '../src/limits.ts';

interface Load {
  readonly kind: 'engine' | 'bus';
  /** Messages that are sent and acknowledged together. */
  readonly frame: number;
  readonly bytes: number;
}

interface Result extends Load {
  readonly roundsPerSecond: number;
  readonly mainMicros: number;
  readonly allMicros: number;
  readonly domainMicros: number | undefined;
}

const AGENTS = 16;
/** Messages that are sent and not acknowledged, all agents together. */
const IN_FLIGHT = 1_024;
const WARM_UP_MS = 500;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    dir: { type: 'string' },
    only: { type: 'string' },
    frame: { type: 'string' },
    bytes: { type: 'string' },
    json: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  const results: Result[] = [];
  for (const bytes of values.bytes === undefined ? [256, 1_024] : [Number(values.bytes)]) {
    for (const frame of values.frame === undefined ? [1, 16, 64] : [Number(values.frame)]) {
      let engineMicros: number | undefined;
      for (const kind of ['engine', 'bus'] as const) {
        if (values.only !== undefined && values.only !== kind) continue;
        const result = await run({ kind, frame, bytes }, Number(values.seconds) * 1_000);
        if (kind === 'engine') engineMicros = result.mainMicros;
        const domainMicros =
          kind === 'bus' && engineMicros !== undefined ? result.mainMicros - engineMicros : undefined;
        results.push({ ...result, domainMicros: domainMicros && round(domainMicros) });
      }
    }
  }
  if (values.json) return console.log(JSON.stringify(results));
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, SQLite ${process.versions.sqlite}`);
  console.log(`${AGENTS} senders and ${AGENTS} recipients, ${IN_FLIGHT} messages in flight, both writes fsynced`);
  console.table(results);
}

async function run(load: Load, durationMs: number): Promise<Omit<Result, 'domainMicros'>> {
  const dataDir = mkdtempSync(join(values.dir ?? tmpdir(), 'agentbus-bench-'));
  const [clock, random] = [createSystemClock(), createSystemRandom()];
  const engine = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });
  const common = { clock, random, observer: {}, heartbeatIntervalMs: 15_000, taskLeaseMs: 30_000 };
  const bus = load.kind === 'bus' ? await createBus({ ...common, engine }) : undefined;
  const count = { rounds: 0, stopped: false };
  const lanes = Array.from({ length: AGENTS }, (_, lane) => ({ load, lane, count }));
  const ends = lanes.map((lane) => (bus === undefined ? runEngineLane(engine, lane) : runBusLane(bus, lane)));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const [roundsBefore, startedAt] = [count.rounds, performance.now()];
  const [allBefore, mainBefore] = [process.cpuUsage(), process.threadCpuUsage()];
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  const rounds = count.rounds - roundsBefore;
  const main = micros(process.threadCpuUsage(mainBefore));
  const all = micros(process.cpuUsage(allBefore));
  const elapsedMs = performance.now() - startedAt;
  count.stopped = true;
  await Promise.all(ends);
  await (bus ?? engine).close();
  rmSync(dataDir, { recursive: true });
  return {
    ...load,
    roundsPerSecond: Math.round((rounds / elapsedMs) * 1_000),
    mainMicros: round(main / rounds),
    allMicros: round(all / rounds),
  };
}

interface Lane {
  readonly load: Load;
  readonly lane: number;
  readonly count: { rounds: number; stopped: boolean };
}

/** The calls of the engine that a stream makes: frames are accepted, leased when mail came, acknowledged together. */
function runEngineLane({ journal, mailboxes }: Engine, { load, lane, count }: Lane): Promise<void> {
  const { frame, bytes } = load;
  const agentId = `bench://receiver-${lane}`;
  const envelope = new Uint8Array(bytes).fill(lane);
  const fixed = {
    sender: `bench://sender-${lane}`,
    fingerprint: new Uint8Array(16),
    recipients: [agentId],
    priority: 2,
    tag: 0,
    envelope,
  };
  const lease = { agentId, holder: 'bench', limit: 64, maxBytes: 1 << 20, leaseMs: 30_000 };
  return new Promise((resolve, reject) => {
    const { sendFrame, acknowledged } = createPacer({ load, count, end: resolve });
    let sent = 0;
    const send = (): void => {
      const acceptedAt = Date.now();
      const messages = Array.from({ length: frame }, () => ({
        ...fixed,
        messageId: `msg-${lane}-${sent++}`,
        acceptedAt,
      }));
      journal.accept(messages, { done: () => undefined, failed: reject });
    };
    let leasing = false;
    const take = (): void => {
      if (leasing) return;
      leasing = true;
      mailboxes.lease(lease).then((leases) => {
        leasing = false;
        if (leases.length === 0) return;
        mailboxes.acknowledge(agentId, deliveryIdsOf(leases)).then(() => acknowledged(leases.length, send), reject);
        take();
      }, reject);
    };
    mailboxes.subscribe(agentId, take);
    sendFrame(send);
  });
}

const caller: Caller = { principal: { name: 'bench', agents: ['bench://*'] } };

async function runBusLane(bus: Bus, { load, lane, count }: Lane): Promise<void> {
  const [agentId, sender] = [`bench://receiver-${lane}`, `bench://sender-${lane}`];
  await bus.agents.register(caller, create(AgentDescriptorSchema, { agentId }));
  const message = messageOf({ sender, agentId, bytes: load.bytes });
  await new Promise<void>((resolve, reject) => {
    const { sendFrame, acknowledged } = createPacer({ load, count, end: resolve });
    let sent = 0;
    const send = (): void => {
      const frame = Array.from({ length: load.frame }, () => ({
        ...message,
        head: { ...message.head, messageId: `msg-${lane}-${sent++}` },
      }));
      bus.messages.sendAll(caller, frame, (results) => {
        if (results.some((result) => 'error' in result)) reject(new Error('a message was refused'));
      });
    };
    const consumer = bus.deliveries.consume({
      agentId,
      holder: 'bench',
      maxInFlight: 256,
      leaseMs: 30_000,
      deliver(leases) {
        consumer.acknowledge(deliveryIdsOf(leases)).then(() => acknowledged(leases.length, send), reject);
        return true;
      },
      failed: reject,
    });
    sendFrame(send);
  });
}

function messageOf({ sender, agentId, bytes }: { sender: string; agentId: string; bytes: number }): IncomingMessage {
  const of = (padding: number): IncomingMessage =>
    incomingFromEnvelope(
      create(EnvelopeSchema, {
        messageId: 'msg-00-000000',
        sender: { agentId: sender },
        recipient: { target: { case: 'agentId', value: agentId } },
        messageType: MessageType.NOTIFICATION,
        content: { case: 'data', value: new Uint8Array(padding) },
      }),
    );
  return of(bytes - of(0).bytes.length);
}

interface PacerOptions extends Pick<Lane, 'load' | 'count'> {
  end(): void;
}

/** Keeps as many messages of one agent under way as there may be: a frame follows for each that was acknowledged. */
function createPacer({ load, count, end }: PacerOptions) {
  const frames = Math.max(1, IN_FLIGHT / AGENTS / load.frame);
  let underWay = 0;
  let free = frames * load.frame;
  const sendFrame = (send: () => void): void => {
    for (; free >= load.frame && !count.stopped; free -= load.frame) {
      underWay += load.frame;
      send();
    }
  };
  return {
    sendFrame,
    acknowledged(messages: number, send: () => void): void {
      count.rounds += messages;
      underWay -= messages;
      free += messages;
      sendFrame(send);
      if (count.stopped && underWay === 0) end();
    },
  };
}

function deliveryIdsOf(leases: readonly Lease[]): string[] {
  return leases.map(({ deliveryId }) => deliveryId);
}

function micros({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

await main();
