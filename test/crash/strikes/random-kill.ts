import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Choices } from '../choices.ts';
import type { Strike } from '../strike.ts';

/** Longest time from the start of a process to a kill of it while it starts; most buses listen before it is over. */
const LONGEST_START_MS = 900;
/** Longest time that a bus is left to work. */
const LONGEST_WORK_MS = 2_500;
/** Longest time from SIGTERM to SIGKILL: a drain under work takes longer. */
const LONGEST_DRAIN_MS = 1_500;

/**
 * `kill -9` at a moment that nobody chose: mostly at work, sometimes while the bus reads its data and does not listen yet,
 * sometimes in the middle of an orderly stop.
 */
export function randomKill(choices: Choices): Strike {
  const draw = choices.next();
  if (draw < 0.2) return killAtStart(choices);
  if (draw < 0.4) return killAtStop(choices);
  return killAtWork(choices);
}

/** A kill while clients work, at least `shortestMs` after they began. */
export function killAtWork(choices: Choices, shortestMs = 5): Strike {
  const delayMs = choices.spread(shortestMs, LONGEST_WORK_MS);
  return {
    name: 'kill at work',
    async strike(bus) {
      await elapsed(delayMs, bus.child);
      await bus.kill();
    },
  };
}

function killAtStart(choices: Choices): Strike {
  const delayMs = choices.int(0, LONGEST_START_MS);
  return {
    name: 'kill at start',
    whileStarting: (child) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
      child.once('exit', () => clearTimeout(timer));
    },
    // It listened before its time: it is killed all the same, a moment later.
    strike: async ({ child }) => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function killAtStop(choices: Choices): Strike {
  const workMs = choices.spread(5, LONGEST_WORK_MS);
  const drainMs = choices.spread(1, LONGEST_DRAIN_MS);
  return {
    name: 'kill at stop',
    async strike(bus) {
      await elapsed(workMs, bus.child);
      bus.child.kill('SIGTERM');
      await elapsed(drainMs, bus.child);
      await bus.kill();
    },
  };
}

/** Resolves after `ms`, or when the process is gone. */
async function elapsed(ms: number, child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
