/**
 * Loaded into a bus by `NODE_OPTIONS=--import`, in every thread of it: dies at the point that the order names, in
 * whichever thread passes it. SIGKILL, so that nothing is flushed, closed or said.
 */
import { subscribe } from 'node:diagnostics_channel';
import { CRASH_POINTS, type CrashPointName, crashPointChannel } from '../../../src/lib/crash-point.ts';
import { CONFIG_LIMITS, SQLITE_LIMITS } from '../../../src/limits.ts';
import { CRASH_ORDER_FILE, type CrashOrder, confirmOrder, readOrder } from './crash-order.ts';

const file = process.env[CRASH_ORDER_FILE];
if (file === undefined) throw new Error(`${CRASH_ORDER_FILE} is not set`);
let order: CrashOrder | undefined;
let hits = 0;

function reached(point: CrashPointName, orderFile: string): void {
  order ??= readOrder(orderFile);
  if (order?.point !== point || ++hits < order.hit) return;
  confirmOrder(orderFile, order);
  process.kill(process.pid, 'SIGKILL');
  // The signal may come to another thread first; this one must not take a step more.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

for (const point of Object.keys(CRASH_POINTS) as CrashPointName[]) {
  subscribe(crashPointChannel(point), () => reached(point, file));
}

/** Lets what comes once a minute come several times a second, and what has ended be forgotten after a second. */
function hasten(): void {
  const { messageAgeMs, deadLetterAgeMs, endedSessionAgeMs } = CONFIG_LIMITS.retention;
  for (const age of [messageAgeMs, deadLetterAgeMs, endedSessionAgeMs]) Object.assign(age, { default: 1_000 });
  Object.assign(SQLITE_LIMITS, { forgetIntervalMs: 200 });
}

if (process.env.CRASH_HASTE !== undefined) hasten();
