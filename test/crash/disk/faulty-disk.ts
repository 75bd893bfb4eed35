import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** The calls that are counted, in the order of the control page. */
const CALLS = ['open', 'read', 'write', 'sync', 'truncate', 'unlink', 'rename'] as const;
export type DiskCall = (typeof CALLS)[number];

/** What becomes of a call beside an errno: half of it is done, or that and SIGKILL, or SIGKILL before it, or it only says so. */
const ACTIONS = { short: 1_001, 'torn-kill': 1_002, kill: 1_003, lie: 1_004 } as const;
export type DiskAction = keyof typeof ACTIONS | 'EIO' | 'ENOSPC' | 'EMFILE' | 'EROFS';

export interface DiskFault {
  readonly call: DiskCall;
  readonly action: DiskAction;
  /** How the paths of the files end that it meets. Default: all. */
  readonly file?: string;
  /** The first call that it meets; the next one of this kind, on such a file, is 1. */
  readonly from: number;
  /** How many calls it meets; 0: all from there on. Default 1. */
  readonly count?: number;
}

/** A disk below the data directory of one bus, as `faulty-disk.c` plays it. */
export interface FaultyDisk {
  /** What a process is started with that is to have this disk. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the log of unsynced writes is. */
  readonly logDir: string;
  /** Calls that the process made so far, by kind. */
  calls(): Record<DiskCall, number>;
  /** Puts the fault in force, in a process that runs or in the next one. */
  arm(fault: DiskFault): void;
  /** How many calls the fault met so far, and when it met the first, in milliseconds since the epoch. */
  struck(): { readonly count: number; readonly at: number };
  /** A disk that is as new: nothing counted, nothing armed, nothing logged. For the time between two processes. */
  mend(): void;
  /** Removes what it keeps. */
  remove(): void;
}

export interface FaultyDiskOptions {
  /** As `buildFaultyDisk` made it. */
  readonly library: string;
  /** Where control page and log are kept; on the file system of the data. */
  readonly dir: string;
  /** The folder that is watched, in place of the data directory of the bus. */
  readonly watched?: string;
  /** Whether a log is kept for `cutPower`. */
  readonly log?: boolean;
}

// The layout of `struct control`: 64-bit numbers.
const STRUCK = CALLS.length;
const STRUCK_AT = STRUCK + 1;
const FAULT_FILE = STRUCK + 6;
const FILE_BYTES = 64;
const FAULT_ACTION = FAULT_FILE + FILE_BYTES / 8;
const FIELDS = FAULT_ACTION + 1;

export function createFaultyDisk({ library, dir, watched, log = false }: FaultyDiskOptions): FaultyDisk {
  const control = join(dir, 'control');
  const logDir = join(dir, 'log');
  const read = (): BigUint64Array => {
    const fields = new BigUint64Array(FIELDS);
    withFile(control, (file) => readSync(file, fields, 0, fields.byteLength, 0));
    return fields;
  };
  const write = (field: number, value: Uint8Array | BigUint64Array): void =>
    withFile(control, (file) => writeSync(file, value, 0, value.byteLength, field * 8));
  const mend = (): void => {
    if (existsSync(control)) write(0, new BigUint64Array(FIELDS));
    else writeFileSync(control, new Uint8Array(FIELDS * 8));
    rmSync(logDir, { recursive: true, force: true });
    mkdirSync(logDir);
  };
  mend();
  return {
    env: {
      LD_PRELOAD: library,
      FAULTY_DISK_CONTROL: control,
      ...(log && { FAULTY_DISK_LOG: logDir }),
      ...(watched !== undefined && { FAULTY_DISK_DIR: watched }),
    },
    logDir,
    calls() {
      const fields = read();
      return Object.fromEntries(CALLS.map((call, index) => [call, Number(fields[index])])) as Record<DiskCall, number>;
    },
    arm({ call, action, file = '', from, count = 1 }) {
      write(FAULT_ACTION, numbers(0));
      write(STRUCK, numbers(0, 0, CALLS.indexOf(call), from, count === 0 ? 0 : from + count, 0));
      write(FAULT_FILE, Buffer.alloc(FILE_BYTES, `${file}\0`));
      // Last: a process that runs may look at any moment.
      write(FAULT_ACTION, numbers(numberOf(action)));
    },
    struck() {
      const fields = read();
      return { count: Number(fields[STRUCK]), at: Number(fields[STRUCK_AT]) / 1e6 };
    },
    mend,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function numbers(...values: readonly number[]): BigUint64Array {
  return BigUint64Array.from(values, BigInt);
}

function numberOf(action: DiskAction): number {
  return action in ACTIONS ? ACTIONS[action as keyof typeof ACTIONS] : constants.errno[action as 'EIO'];
}

function withFile(path: string, use: (file: number) => void): void {
  const file = openSync(path, 'r+');
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
