import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { syncFolder } from '../../lib/sync-folder.ts';
import { EngineError } from '../engine.ts';
import { copiedAt } from './backup/copied.ts';
import { type LogLength, prepareLogLength } from './checkpoint.ts';

/**
 * A few bytes beside the database that say what is certainly on disk. A database that is missing, or older, or has lost its log
 * or the end of it, makes sense to SQLite; the mark tells it from one of which nothing was lost.
 *
 * It is written after the commit that it speaks of is synced, and is not synced itself: it outlives a process that is
 * killed, and a power cut may leave an older one, which is true as well, or a torn one, which counts as none. So it
 * may say too little, and never too much.
 */
export interface LogMark {
  /** The run that wrote it. */
  readonly epoch: number;
  /** The `state` of that name, which the first commit counts up that may begin another log. */
  readonly logs: number;
  /** Tell one log from the next: no two have the same. */
  readonly salts: readonly [number, number];
  /** Frames of that log that are synced. */
  readonly frames: number;
}

/** "abmk" in ASCII; another layout gets another. */
const MAGIC = 0x61626d6b;
const BYTES = 40;
const SUMMED_FROM = 8;
/** Where the salts are in the header of a log. */
const SALTS_AT = 16;

export function markFile(file: string): string {
  return `${file}-mark`;
}

/** The mark of a database; undefined if there is none, or none that is whole. */
export function readMark(file: string): LogMark | undefined {
  if (!existsSync(markFile(file))) return undefined;
  const bytes = readFileSync(markFile(file));
  if (bytes.byteLength !== BYTES) return undefined;
  const isWhole = bytes.readUInt32BE(0) === MAGIC && bytes.readUInt32BE(4) === crc32(bytes.subarray(SUMMED_FROM));
  if (!isWhole) return undefined;
  return {
    epoch: bytes.readDoubleBE(8),
    logs: bytes.readDoubleBE(16),
    salts: [bytes.readUInt32BE(24), bytes.readUInt32BE(28)],
    frames: bytes.readDoubleBE(32),
  };
}

/** Throws `corrupt` if a database is missing or empty that was not. Comes before SQLite, which would make a new one. */
export function assertNotMissing(file: string): void {
  if (readMark(file) === undefined) return;
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined || size === 0) throw lostData(file, size === 0 ? 'it is empty' : 'it is missing');
}

/** Throws `corrupt` if a database, its log included, is older than its mark. A copy that was restored may be. */
export function assertNotOlder(db: DatabaseSync, file: string): void {
  const mark = readMark(file);
  if (mark === undefined || copiedAt(db) !== undefined) return;
  const epoch = readState(db, 'epoch');
  const logs = readState(db, 'logs');
  if (epoch > mark.epoch || (epoch === mark.epoch && logs >= mark.logs)) return;
  const found = `it ends in run ${epoch}, log ${logs}, and there was run ${mark.epoch}, log ${mark.logs}`;
  throw lostData(file, found);
}

/**
 * Removes the mark that a copy has found in its place, which speaks of the database before it. Durable before the copy
 * becomes a database like any other.
 */
export function forgetOldMark(db: DatabaseSync, file: string): void {
  if (copiedAt(db) === undefined || !existsSync(markFile(file))) return;
  rmSync(markFile(file));
  syncFolder(dirname(file));
}

/** What is told of data that was synced and is not there. */
export function lostData(file: string, what: string): EngineError {
  const message = `${file} has lost what the bus answered last: ${what}; restore a backup into another directory, or remove ${markFile(file)} to go on with what is there`;
  return new EngineError('corrupt', message, { facts: { file } });
}

/** Writes the mark of one run. */
export interface LogMarker {
  /** Part of the transaction of a batch that writes. */
  beforeCommit(): void;
  /** After a commit, and before what may begin another log. Tells how long this one is. */
  afterCommit(): LogLength;
  /** After what may have begun another log, or made it possible. */
  logWrittenBack(): void;
  close(): void;
}

/** Begins to mark, after the first commit of a run. */
export function startLogMarker(db: DatabaseSync, file: string): LogMarker {
  const look = prepareLogLength(db);
  const setLogs = db.prepare(
    `INSERT INTO state (name, value) VALUES ('logs', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  let logs = readState(db, 'logs');
  // The first commit of a run is in a log of its own, and has the epoch.
  let mayBeNew = false;
  const log = openSync(`${file}-wal`, 'r');
  const isFirst = !existsSync(markFile(file));
  const mark = openSync(markFile(file), isFirst ? 'wx+' : 'r+', 0o600);
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeDoubleBE(readState(db, 'epoch'), 8);
  const afterCommit = (): LogLength => {
    // The salts first: if somebody else begins another log in between, the frames are said of one that never comes back.
    bytes.fill(0, 24, 32);
    readSync(log, bytes, 24, 8, SALTS_AT);
    const length = look();
    bytes.writeDoubleBE(length.log, 32);
    bytes.writeDoubleBE(logs, 16);
    bytes.writeUInt32BE(crc32(bytes.subarray(SUMMED_FROM)), 4);
    writeSync(mark, bytes, 0, BYTES, 0);
    return length;
  };
  afterCommit();
  fdatasyncSync(mark);
  if (isFirst) syncFolder(dirname(file));
  return {
    beforeCommit() {
      if (!mayBeNew) return;
      setLogs.run(++logs);
      mayBeNew = false;
    },
    afterCommit,
    logWrittenBack() {
      mayBeNew = true;
    },
    close() {
      closeSync(log);
      closeSync(mark);
    },
  };
}

/** 0 where it was never written. */
function readState(db: DatabaseSync, name: 'epoch' | 'logs'): number {
  return (db.prepare('SELECT value FROM state WHERE name = ?').get(name)?.value as number | undefined) ?? 0;
}
