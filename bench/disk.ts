import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** A folder to measure in, and what it is on. */
export interface Disk {
  readonly dir: string;
  /** As `stat -f` names it, such as `ext2/ext3`; empty if it cannot be told. */
  readonly filesystem: string;
}

/** Ignored by git, and on the disk of the source tree. */
const BESIDE_THE_SOURCE = '.tmp';

/**
 * The folder that was named; or else the one for temporary files, unless that is memory, where an fsync costs nothing and means nothing.
 * Throws for a folder in memory that was named.
 */
export function chooseDisk(named: string | undefined, filesystemOf: (dir: string) => string = readFilesystem): Disk {
  const dir = named ?? tmpdir();
  const filesystem = filesystemOf(dir);
  if (filesystem !== 'tmpfs' && filesystem !== 'ramfs') return { dir, filesystem };
  if (named !== undefined)
    throw new Error(`${named} is in memory (${filesystem}): nothing durable can be measured there`);
  return { dir: BESIDE_THE_SOURCE, filesystem: filesystemOf('.') };
}

function readFilesystem(dir: string): string {
  return spawnSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
