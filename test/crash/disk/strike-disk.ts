import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFaultyDisk } from './build-faulty-disk.ts';
import { createFaultyDisk, type FaultyDisk } from './faulty-disk.ts';

/** Compiled once a process: the loop strikes some hundred times. */
let library: string | undefined;

/** A disk with a log, for one strike; whoever strikes removes it afterwards. */
export function createStrikeDisk(): FaultyDisk {
  library ??= buildFaultyDisk(mkdtempSync(join(tmpdir(), 'agentbus-faulty-disk-')));
  return createFaultyDisk({ library, dir: mkdtempSync(join(tmpdir(), 'agentbus-strike-')), log: true });
}
