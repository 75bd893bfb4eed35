import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CRASH_POINTS, type CrashPointName } from '../../../src/lib/crash-point.ts';
import type { BusProcess } from '../../start-bus-process.ts';
import type { Choices } from '../choices.ts';
import { CRASH_ORDER_FILE, type CrashOrder, giveOrder, readConfirmation } from '../points/crash-order.ts';
import { passageOf } from '../points/passage.ts';
import type { Strike } from '../strike.ts';

/** Longest wait for the point to be reached: the workload passes the rarest of them about once a second. */
const PATIENCE_MS = 50_000;
/** The last hit that is waited for. */
const LATEST_HIT = 20;
const DIE_AT_POINT = new URL('../points/die-at-point.ts', import.meta.url).href;

/** The points that a bus passes on data of its own version; the others are struck by `points/migration.test.ts`. */
export const STRUCK_POINTS = (Object.keys(CRASH_POINTS) as CrashPointName[]).filter(
  (point) => passageOf(point) !== 'migration',
);

/** All points in turn, at hits of chance. */
export function crashPointInTurn(choices: Choices, kill: number): Strike {
  const point = STRUCK_POINTS[(kill - 1) % STRUCK_POINTS.length] as CrashPointName;
  const hit = passageOf(point) === 'work' ? Math.round(choices.spread(1, LATEST_HIT)) : 1;
  return createCrashPointStrike({ point, hit });
}

/**
 * Ends the bus by SIGKILL at the point and hit of the order. Rejects if it ended otherwise, or did not come there.
 * Points of a start are struck at the start, and those of a shutdown by a shutdown.
 */
export function createCrashPointStrike(order: CrashOrder): Strike {
  const folder = mkdtempSync(join(tmpdir(), 'agentbus-crash-point-'));
  const file = join(folder, 'order');
  const { point } = order;
  const passage = passageOf(point);
  const atStart = passage === 'start' || passage === 'migration';
  return {
    name: `crash point ${point}`,
    env: crashPointEnv(file),
    whileStarting() {
      if (atStart) giveOrder(file, order);
    },
    async strike(bus) {
      if (atStart) throw new Error(`the bus started, and never passed ${point}`);
      giveOrder(file, order);
      if (passage === 'stop') bus.child.kill('SIGTERM');
      await killed(bus, order);
    },
    async afterwards() {
      const confirmed = readConfirmation(file);
      rmSync(folder, { recursive: true, force: true });
      if (confirmed?.point !== point) throw new Error(`the bus was killed, and not at ${point}`);
    },
  };
}

/** What a bus is started with to take orders from a file. */
function crashPointEnv(orderFile: string): Readonly<Record<string, string>> {
  const nodeOptions = [process.env.NODE_OPTIONS ?? '', `--import=${DIE_AT_POINT}`].join(' ').trim();
  return { NODE_OPTIONS: nodeOptions, [CRASH_ORDER_FILE]: orderFile };
}

async function killed({ child, stderr }: BusProcess, { point, hit }: CrashOrder): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
      child.kill('SIGKILL');
      throw new Error(`the bus did not pass ${point} ${hit} times within ${PATIENCE_MS} ms:\n${stderr()}`);
    });
  }
  if (child.signalCode !== 'SIGKILL') {
    throw new Error(
      `the bus was to die at ${point} and ended with ${child.exitCode ?? child.signalCode}:\n${stderr()}`,
    );
  }
}
