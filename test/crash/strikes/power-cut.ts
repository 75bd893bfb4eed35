import { once } from 'node:events';
import type { Choices } from '../choices.ts';
import { cutPower } from '../disk/cut-power.ts';
import type { DiskFault, FaultyDisk } from '../disk/faulty-disk.ts';
import type { Chance } from '../disk/lose-writes.ts';
import { createStrikeDisk } from '../disk/strike-disk.ts';
import type { Strike } from '../strike.ts';

export interface PowerCutOptions {
  /** With a log. */
  readonly disk: FaultyDisk;
  readonly random: Chance;
}

/** Writes from the order to cut until the cut: some commits, so that it falls into any part of one. */
const WRITES_AHEAD = 400;
/** Syncs are that much rarer. */
const WRITES_PER_SYNC = 8;
/** A bus with little to write comes to its call late; then the moment decides and not the call. */
const PATIENCE_MS = 2_000;

/** A power cut, mostly at work, sometimes while the bus opens its data. */
export function powerCut(choices: Choices): Strike {
  const disk = createStrikeDisk();
  const strike = createPowerCut({ disk, random: choices });
  if (choices.next() < 0.2) disk.arm(chooseFault(choices, 60));
  return {
    ...strike,
    async afterwards(dataDir) {
      await strike.afterwards?.(dataDir);
      disk.remove();
    },
  };
}

/**
 * The power goes: the process dies before or amid a write or a sync that chance chooses, and then loses from the page
 * cache, which outlives a killed process, what no sync has brought to the disk.
 */
export function createPowerCut({ disk, random }: PowerCutOptions): Strike {
  return {
    name: 'power cut',
    env: disk.env,
    async strike({ child }) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      disk.arm(chooseFault(random, WRITES_AHEAD));
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await exited;
      clearTimeout(timer);
    },
    afterwards(dataDir) {
      cutPower({ dataDir, logDir: disk.logDir, random });
      disk.mend();
      return Promise.resolve();
    },
  };
}

function chooseFault(random: Chance, writesAhead: number): DiskFault {
  const call = random.next() < 0.5 ? 'write' : 'sync';
  const action = random.next() < 0.5 ? 'kill' : 'torn-kill';
  const callsAhead = call === 'write' ? writesAhead : writesAhead / WRITES_PER_SYNC;
  return { call, action, from: 1 + Math.floor(random.next() * callsAhead) };
}
