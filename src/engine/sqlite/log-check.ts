import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SQLITE_LIMITS } from '../../limits.ts';
import { EngineError } from '../engine.ts';
import { type LogMark, lostData, readMark } from './log-mark.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says whether checksums were made of big-endian words. */
const MAGIC = 0x377f0682;

/**
 * Throws `corrupt` if the write-ahead log of a database has lost commits that were synced.
 *
 * SQLite reads a log up to the first frame whose checksum is wrong and takes the rest for the torn end of a write that
 * nobody was told of; so one flipped bit would take back, in silence, all that came after it. But a commit is synced before the
 * next one is begun: behind the torn end of the last write there is no other commit. If there is one, the log was whole
 * once and is not any more. And a log is as long as its mark says, or longer.
 *
 * Holds for a log that one process wrote: each begins with an empty one, see `emptyLog`.
 */
export function assertLogWhole(file: string): void {
  const log = openLog(`${file}-wal`);
  if (log === undefined) return;
  try {
    const { size } = fstatSync(log.fd);
    if (size <= HEADER_BYTES) return;
    const header = readHeader(log);
    const whole = scan(log, header, size);
    const mark = readMark(file);
    if (mark !== undefined && isOf(mark, header) && whole < mark.frames) {
      throw lostData(file, `its log ends after ${whole} pages of ${mark.frames}`);
    }
  } finally {
    closeSync(log.fd);
  }
}

interface Log {
  readonly path: string;
  readonly fd: number;
}

interface Header {
  readonly pageSize: number;
  readonly salts: readonly [number, number];
  readonly littleEndian: boolean;
  readonly sum: Sum;
}

/** SQLite's checksum of a log, so far. */
type Sum = readonly [number, number];

function openLog(path: string): Log | undefined {
  try {
    return { path, fd: openSync(path, 'r') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isOf({ salts }: LogMark, header: Header): boolean {
  return salts[0] === header.salts[0] && salts[1] === header.salts[1];
}

/** Returns how many frames can be read. */
function scan(log: Log, header: Header, size: number): number {
  const frameBytes = FRAME_HEADER_BYTES + header.pageSize;
  const frames = Math.floor((size - HEADER_BYTES) / frameBytes);
  const together = Math.max(1, Math.floor(SQLITE_LIMITS.logCheckBytes / frameBytes));
  const buffer = new Uint8Array(together * frameBytes);
  let sum: Sum | undefined = header.sum;
  let whole = 0;
  let commitsBehind = 0;
  for (let frame = 0; frame < frames; frame++) {
    const inBuffer = frame % together;
    if (inBuffer === 0) readSync(log.fd, buffer, 0, buffer.byteLength, HEADER_BYTES + frame * frameBytes);
    const view = new DataView(buffer.buffer, inBuffer * frameBytes, frameBytes);
    const belongs = view.getUint32(8) === header.salts[0] && view.getUint32(12) === header.salts[1];
    if (sum !== undefined) {
      sum = belongs ? nextSum(view, sum, header.littleEndian) : undefined;
      if (sum !== undefined) whole++;
    }
    const isCommit = view.getUint32(4) !== 0;
    if (sum === undefined && belongs && isCommit) commitsBehind++;
  }
  if (commitsBehind < 2) return whole;
  throw damaged(log.path, `${commitsBehind} commits behind byte ${HEADER_BYTES + whole * frameBytes} cannot be read`);
}

/** It is synced before the first frame is written. */
function readHeader({ path, fd }: Log): Header {
  const bytes = new Uint8Array(HEADER_BYTES);
  readSync(fd, bytes, 0, HEADER_BYTES, 0);
  const view = new DataView(bytes.buffer);
  const magic = view.getUint32(0);
  const littleEndian = (magic & 1) === 0;
  const sum = add(view, [0, 0], { from: 0, until: 24, littleEndian });
  const isWhole = sum[0] === view.getUint32(24) && sum[1] === view.getUint32(28);
  if ((magic | 1) !== (MAGIC | 1) || !isWhole) throw damaged(path, 'its header cannot be read');
  return { pageSize: view.getUint32(8), salts: [view.getUint32(16), view.getUint32(20)], littleEndian, sum };
}

/** The sum after a frame; undefined if the frame says another one. */
function nextSum(view: DataView, before: Sum, littleEndian: boolean): Sum | undefined {
  const withHead = add(view, before, { from: 0, until: 8, littleEndian });
  const sum = add(view, withHead, { from: FRAME_HEADER_BYTES, until: view.byteLength, littleEndian });
  return sum[0] === view.getUint32(16) && sum[1] === view.getUint32(20) ? sum : undefined;
}

function add(view: DataView, before: Sum, part: { from: number; until: number; littleEndian: boolean }): Sum {
  let [first, second] = before;
  for (let at = part.from; at < part.until; at += 8) {
    first = (first + view.getUint32(at, part.littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, part.littleEndian) + first) >>> 0;
  }
  return [first, second];
}

function damaged(path: string, what: string): EngineError {
  const message = `${path} is damaged: ${what}, so that what the bus answered last would be lost; restore a backup, or give up what cannot be read, as docs/RELIABILITY.md says`;
  return new EngineError('corrupt', message, { facts: { file: path } });
}
