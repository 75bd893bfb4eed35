import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What one durable append costs on this disk at this moment. Milliseconds. */
export interface FsyncTime {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** As much as one small commit of the log writes. */
const APPEND_BYTES = 4_096;
const APPENDS = 100;

/** Appends to a new file and syncs after each append, as a log does. Blocks for as long as it takes. */
export function measureFsync(dir: string): FsyncTime {
  const path = join(dir, 'fsync-time');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(APPEND_BYTES, 1);
  const times: number[] = [];
  for (let append = 0; append < APPENDS; append++) {
    const startedAt = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  rmSync(path);
  times.sort((a, b) => a - b);
  return { p50Ms: times[APPENDS / 2] ?? Number.NaN, p99Ms: times[APPENDS - 1] ?? Number.NaN };
}
