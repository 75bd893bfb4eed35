import { once } from 'node:events';
import type { BusProcess } from '../../start-bus-process.ts';
import type { CrashOrder } from './crash-order.ts';

/** Longest wait for the point to be reached: the workload passes the rarest of them about once a second. */
const PATIENCE_MS = 50_000;

/** Resolves when the bus was ended by SIGKILL; rejects if it ended otherwise, or did not come to its point. */
export async function diedAt({ child, stderr }: BusProcess, { point, hit }: CrashOrder): Promise<void> {
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
