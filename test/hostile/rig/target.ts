import { expect } from 'vitest';
import { type ForkedLoop, forkOpenLoop } from '../../soak/load/fork-open-loop.ts';
import { readProcessMemory } from '../../soak/load/process-memory.ts';
import { type BusProcess, startBusProcess } from '../../start-bus-process.ts';
import { until } from './until.ts';

const MiB = 1024 * 1024;

/** What garbage that is not yet collected may add to what the limits predict: V8 lets heap and buffers double before it looks. */
export const GARBAGE_MIB = 192;

/** A real bus with two well-behaved agents that send each other messages all the time. */
export interface Target {
  readonly bus: BusProcess;
  readonly port: number;
  /**
   * Attacks, and then says: the bus lives, it is the same process, its memory never grew by more than `boundMiB` above what it
   * was before, and the pair went on, during the attack and after it. Prints what it saw.
   */
  withstands(attack: Attack): Promise<void>;
  stop(): Promise<void>;
}

export interface Attack {
  readonly name: string;
  /** What the limits allow the attacker to make the bus hold, in MiB; the arithmetic stands beside the number. */
  readonly boundMiB: number;
  readonly run: () => Promise<void>;
}

export interface TargetOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
}

/** Messages that the pair must have handled after an attack began, and again after it. */
const PROGRESS = 20;

export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const bus = await startBusProcess({ dataDir: ':memory:', ...options });
  const pid = bus.child.pid ?? 0;
  const pair = await forkOpenLoop({ address: bus.address, apiKey: bus.apiKey, agents: 2, rate: 200, name: 'pair' });
  await goesOn(pair, 10 * PROGRESS);
  return {
    bus,
    port: Number(new URL(bus.address).port),
    async withstands({ name, boundMiB, run }) {
      const calm = await pair.look();
      const before = readProcessMemory(pid);
      let peak = before.rss;
      const sampler = setInterval(() => {
        peak = Math.max(peak, readProcessMemory(pid).rss);
      }, 10);
      try {
        await Promise.all([run(), goesOn(pair, PROGRESS)]);
        const figures = await pair.look();
        peak = Math.max(peak, readProcessMemory(pid).rss);
        const grewMiB = (peak - before.rss) / MiB;
        process.stdout.write(
          `${name}: memory +${grewMiB.toFixed(0)} MiB (bound ${boundMiB} + ${GARBAGE_MIB}), p99 of the others ${figures.p99Ms.toFixed(1)} ms (${(figures.p99Ms / calm.p99Ms).toFixed(1)}x)\n`,
        );
        await goesOn(pair, PROGRESS);
        expect(bus.child.exitCode).toBeNull();
        expect(grewMiB).toBeLessThan(boundMiB + GARBAGE_MIB);
      } finally {
        clearInterval(sampler);
      }
    },
    async stop() {
      const ledger = await pair.stop(10_000);
      expect(ledger).toMatchObject({ lost: [], refused: {} });
      expect(await bus.stop(), bus.stderr()).toBe(0);
    },
  };
}

async function goesOn(pair: ForkedLoop, messages: number): Promise<void> {
  const goal = (await pair.handled()) + messages;
  await until('the others go on', async () => (await pair.handled()) >= goal);
}
