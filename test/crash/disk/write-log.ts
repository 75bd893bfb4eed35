import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What happened to one file or name, as `faulty-disk.c` noted it before it happened. */
export interface LogRecord {
  readonly kind: LogKind;
  /** Of the file; 0 where a name is meant. */
  readonly inode: number;
  /** Bytes of the file before. */
  readonly size: number;
  /** Of the old bytes, at the start of a sector. */
  readonly offset: number;
  /** Of the stretch that changes, in whole sectors. */
  readonly length: number;
  readonly path: string;
  /** The new name, of a rename. */
  readonly target: string;
  /** Where the file is kept that lost this name. */
  readonly keptFile: string | undefined;
  /** Less than `length` where the file ended. */
  readonly oldBytes: Uint8Array;
}

/** Position = number in the log, from 1. */
const KINDS = ['write', 'truncate', 'sync', 'sync-failed', 'create', 'unlink', 'rename', 'make-folder'] as const;
export type LogKind = (typeof KINDS)[number];

const HEAD_FIELDS = 10;

/** The records of a log, in order; none if nothing was logged. A record that the end of the process cut short is left out. */
export function* readWriteLog(logDir: string): Generator<LogRecord> {
  const log = readLog(join(logDir, 'log'));
  for (let at = 0; at + HEAD_FIELDS * 8 <= log.byteLength; ) {
    const field = (index: number): number => Number(log.readBigUInt64LE(at + index * 8));
    const [kind, inode, size, offset, length] = [field(0), field(1), field(2), field(3), field(4)];
    const [kept, owner, serial, pathLength, targetLength] = [field(5), field(6), field(7), field(8), field(9)];
    const pathAt = at + HEAD_FIELDS * 8;
    const targetAt = pathAt + pathLength;
    const bytesAt = targetAt + targetLength;
    at = bytesAt + kept;
    if (at > log.byteLength) return;
    yield {
      kind: KINDS[kind - 1] as LogKind,
      inode,
      size,
      offset,
      length,
      path: log.toString('utf8', pathAt, targetAt),
      target: log.toString('utf8', targetAt, bytesAt),
      keptFile: serial === 0 ? undefined : join(logDir, `kept-${owner}-${serial}`),
      oldBytes: log.subarray(bytesAt, at),
    };
  }
}

function readLog(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
