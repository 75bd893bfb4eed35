import { once } from 'node:events';
import type { Choices } from '../choices.ts';
import { cutPower } from '../disk/cut-power.ts';
import type { DiskFault } from '../disk/faulty-disk.ts';
import { createStrikeDisk } from '../disk/strike-disk.ts';
import type { Strike } from '../strike.ts';

const FAULTS: readonly (Omit<DiskFault, 'from'> & { readonly within: number })[] = [
  { call: 'sync', action: 'EIO', within: 50 },
  { call: 'write', action: 'EIO', within: 300 },
  // There is room again at once.
  { call: 'write', action: 'ENOSPC', within: 300 },
  { call: 'write', action: 'ENOSPC', count: 0, within: 300 },
];
const STORE_FAILED = 70;
/** Far longer than a bus at work needs for the calls above. */
const PATIENCE_MS = 20_000;

/**
 * The disk fails one write or sync, or all of them from one on, and the bus has to end by itself with the code that
 * says so. Then the power goes, because a system may drop what it could not write.
 */
export function diskError(choices: Choices): Strike {
  const disk = createStrikeDisk();
  return {
    name: 'disk error',
    env: disk.env,
    async strike({ child, stderr }) {
      const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
      const { within, ...fault } = FAULTS[Math.floor(choices.next() * FAULTS.length)] as (typeof FAULTS)[number];
      disk.arm({ ...fault, from: 1 + Math.floor(choices.next() * within) });
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      const [code, signal] = await exited;
      clearTimeout(timer);
      const { count } = disk.struck();
      const what = `${fault.action} at a ${fault.call}`;
      if (count === 0) throw new Error(`${what} never came: the bus ended with ${code ?? signal}: ${stderr()}`);
      if (code !== STORE_FAILED) throw new Error(`after ${what} the bus ended with ${code ?? signal}: ${stderr()}`);
    },
    afterwards(dataDir) {
      cutPower({ dataDir, logDir: disk.logDir, random: choices });
      disk.remove();
      return Promise.resolve();
    },
  };
}
