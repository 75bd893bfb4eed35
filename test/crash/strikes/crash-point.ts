import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CRASH_POINTS, type CrashPointName } from '../../../src/lib/crash-point.ts';
import type { Choices } from '../choices.ts';
import { type CrashOrder, crashPointEnv, giveOrder, readConfirmation } from '../points/crash-order.ts';
import { diedAt } from '../points/died-at.ts';
import { isOfWorkload, type Passage, passageOf } from '../points/passage.ts';
import { runScenario } from '../points/run-scenario.ts';
import type { Strike } from '../strike.ts';

/** All points, in the order of the list. */
export const STRUCK_POINTS = Object.keys(CRASH_POINTS) as CrashPointName[];

/** The last hit that is waited for: what is passed once in the life of a process is struck there. */
const LATEST_HIT: Readonly<Record<Passage, number>> = {
  work: 20,
  decision: 6,
  retention: 3,
  start: 1,
  stop: 1,
  migration: 1,
};

/** All points in turn, at hits of chance. */
export function crashPointInTurn(choices: Choices, kill: number): Strike {
  return strikeAt(STRUCK_POINTS[(kill - 1) % STRUCK_POINTS.length] as CrashPointName, choices);
}

/** A strike at one point, at a hit of chance. */
export function strikeAt(point: CrashPointName, choices: Choices): Strike {
  const order = { point, hit: Math.round(choices.spread(1, LATEST_HIT[passageOf(point)])) };
  return isOfWorkload(point) ? createCrashPointStrike(order) : createScenarioStrike(order);
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
  return {
    name: `crash point ${point}`,
    env: crashPointEnv(file),
    whileStarting() {
      if (passage === 'start') giveOrder(file, order);
    },
    async strike(bus) {
      if (passage === 'start') throw new Error(`the bus started, and never passed ${point}`);
      giveOrder(file, order);
      if (passage === 'stop') bus.child.kill('SIGTERM');
      await diedAt(bus, order);
    },
    async afterwards() {
      const confirmed = readConfirmation(file);
      rmSync(folder, { recursive: true, force: true });
      if (confirmed?.point !== point) throw new Error(`the bus was killed, and not at ${point}`);
    },
  };
}

/** For points that the workload does not pass: a bus of its own dies there, and the one at work is killed as it is. */
function createScenarioStrike(order: CrashOrder): Strike {
  return {
    name: `crash point ${order.point}`,
    strike: (bus) => bus.kill(),
    afterwards: () => runScenario(order),
  };
}
