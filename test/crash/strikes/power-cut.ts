import { once } from 'node:events';
import type { Random } from '../../../src/lib/random.ts';
import { cutPower } from '../disk/cut-power.ts';
import type { DiskFault, FaultyDisk } from '../disk/faulty-disk.ts';
import type { Strike } from '../strike.ts';

export interface PowerCutStrikeOptions {
  /** With a log. */
  readonly disk: FaultyDisk;
  readonly random: Random;
}

/** Calls from the order to cut until the cut: some commits, so that it falls into any part of one. */
const CALLS_AHEAD = 400;
/** A bus with little to write comes to its call late; then the moment decides and not the call. */
const PATIENCE_MS = 2_000;

/**
 * The power goes: the process dies before or amid a write or a sync that chance chooses, and then loses from the page
 * cache, which outlives a killed process, what no sync has brought to the disk.
 */
export function createPowerCutStrike({ disk, random }: PowerCutStrikeOptions): Strike {
  return {
    name: 'power cut',
    env: disk.env,
    async strike({ child }) {
      const exited = once(child, 'exit');
      const kill = (): void => void child.kill('SIGKILL');
      disk.arm(chooseFault(disk.calls(), random));
      const timer = setTimeout(kill, PATIENCE_MS);
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

function chooseFault(calls: Readonly<Record<'write' | 'sync', number>>, random: Random): DiskFault {
  const call = random.next() < 0.5 ? 'write' : 'sync';
  const action = random.next() < 0.5 ? 'kill' : 'torn-kill';
  const ahead = Math.floor(random.next() * (call === 'write' ? CALLS_AHEAD : CALLS_AHEAD / 8));
  return { call, action, from: calls[call] + 1 + ahead };
}
