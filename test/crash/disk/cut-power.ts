import { existsSync, linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Chance, loseWrites } from './lose-writes.ts';
import { type LogRecord, readWriteLog } from './write-log.ts';

export interface PowerCutOptions {
  /** The data directory of a process that is dead. */
  readonly dataDir: string;
  /** As the process left it; emptied by the next `mend` of its disk. */
  readonly logDir: string;
  readonly random: Chance;
}

/** What was not on disk when the power went. */
export interface PowerCut {
  /** Writes and truncations that no sync followed. */
  readonly unsyncedWrites: number;
  /** Sectors that are not as the process saw them last. */
  readonly lostSectors: number;
  /** Names made, removed or changed in a folder that was not synced since, and how many of them were undone. */
  readonly unsyncedNames: number;
  readonly lostNames: number;
}

/**
 * Puts a data directory into a state in which a power cut may leave it. What was synced is there. Of what was
 * not, each sector is as it was after any of its writes, or before all of them, and the file as long as it was at any
 * time since. Names in folders that were not synced are undone from the newest on, as a file system undoes them
 * that keeps a journal of names. A file whose sync failed counts as not synced from then on, whatever later ones say: the
 * system forgets what it could not write.
 */
export function cutPower({ dataDir, logDir, random }: PowerCutOptions): PowerCut {
  const { writes, names } = findUnsynced(logDir);
  const paths = pathsByInode([dataDir, logDir]);
  let unsyncedWrites = 0;
  let lostSectors = 0;
  for (const [inode, records] of writes) {
    const path = paths.get(inode);
    if (path === undefined || records.length === 0) continue;
    unsyncedWrites += records.length;
    lostSectors += loseWrites(path, records, random);
  }
  const lost = names.slice(Math.floor(random.next() * (names.length + 1))).reverse();
  for (const record of lost) undoName(record);
  scrambleIndexes(dataDir, random);
  return { unsyncedWrites, lostSectors, unsyncedNames: names.length, lostNames: lost.length };
}

interface Unsynced {
  readonly writes: ReadonlyMap<number, LogRecord[]>;
  readonly names: readonly LogRecord[];
}

function findUnsynced(logDir: string): Unsynced {
  const writes = new Map<number, LogRecord[]>();
  const failed = new Set<number>();
  let names: LogRecord[] = [];
  for (const record of readWriteLog(logDir)) {
    const { kind, inode, path } = record;
    if (kind === 'write' || kind === 'truncate') {
      const records = writes.get(inode);
      if (records === undefined) writes.set(inode, [record]);
      else records.push(record);
    } else if (kind === 'sync-failed') {
      failed.add(inode);
    } else if (kind === 'sync') {
      if (!failed.has(inode)) writes.delete(inode);
      names = names.filter((name) => dirname(name.path) !== path);
    } else {
      names.push(record);
    }
  }
  return { writes, names };
}

function undoName({ kind, path, target, keptFile }: LogRecord): void {
  if (kind === 'create') rmSync(path, { force: true });
  if (kind === 'make-folder') rmSync(path, { recursive: true, force: true });
  if (kind === 'rename') {
    if (existsSync(target)) renameSync(target, path);
    if (keptFile !== undefined) linkSync(keptFile, target);
  }
  if (kind === 'unlink' && keptFile !== undefined && !existsSync(path)) linkSync(keptFile, path);
}

/** The index of a write-ahead log is memory that happens to have a name: after a cut anything may be in it. */
function scrambleIndexes(dataDir: string, random: Chance): void {
  for (const path of filesBelow(dataDir)) {
    if (!path.endsWith('-shm')) continue;
    if (random.next() < 0.5) rmSync(path);
    else writeFileSync(path, Buffer.alloc(statSync(path).size, `${random.next()}`));
  }
}

function pathsByInode(dirs: readonly string[]): Map<number, string> {
  return new Map(dirs.flatMap(filesBelow).map((path) => [statSync(path).ino, path]));
}

function filesBelow(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
