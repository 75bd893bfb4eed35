import { createInterface } from 'node:readline';
import type { Counts, LoadResult } from '../peer.ts';
import type { Meter } from './meter.ts';

/** What a process does with a server, once it is connected. */
export interface Load {
  start(): void;
  /** Sends no more. What is under way goes on. */
  stop(): void;
  /** Whether nothing is under way. */
  isIdle(): boolean;
  counts(): Counts;
  /** Leaves the server. */
  close(): void | Promise<void>;
}

export interface ConductOptions {
  readonly load: Load;
  readonly meter: Meter;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** What is accepted is on its way to somebody who waits for it: seconds at worst. */
const SETTLE_MS = 60_000;
const LOOK_MS = 5;

/** Runs one turn of a load in this process, as bench/load-process.ts expects it. */
export async function conduct({ load, meter, warmUpSeconds, seconds }: ConductOptions): Promise<void> {
  tell({ is: 'ready' });
  await aLine();
  load.start();
  await pass(warmUpSeconds * 1_000);
  meter.begin(performance.now());
  const cpu = process.cpuUsage();
  tell({ is: 'began' });
  await pass(seconds * 1_000);
  meter.end(performance.now());
  const { user, system } = process.cpuUsage(cpu);
  tell({ is: 'ended' });
  load.stop();
  const limit = performance.now() + SETTLE_MS;
  while (!load.isIdle()) {
    if (performance.now() > limit) throw new Error(`not everything came to its end: ${JSON.stringify(load.counts())}`);
    await pass(LOOK_MS);
  }
  const result: LoadResult = {
    seconds: meter.seconds,
    rounds: meter.rounds,
    counts: load.counts(),
    latencies: meter.latencies(),
    loadCpuMicros: user + system,
  };
  await load.close();
  tell({ is: 'result', result });
}

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Waits for a line on standard input. */
async function aLine(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  for await (const _ of lines) break;
  process.stdin.unref?.();
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
