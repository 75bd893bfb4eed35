import { readdirSync, readFileSync } from 'node:fs';

/** What the operating system says of a process. */
export interface ProcessMemory {
  /** Resident now, in bytes. */
  readonly rss: number;
  /** The most that was ever resident, in bytes. */
  readonly peak: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/** Reads it from /proc; the process must live. */
export function readProcessMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { rss: bytes('VmRSS'), peak: bytes('VmHWM'), handles: readdirSync(`/proc/${pid}/fd`).length };
}

/** User and system time that a process has used, in milliseconds. Ticks are hundredths of a second on Linux. */
export function readCpuMs(pid: number): number {
  // The name of the program is in brackets and may have spaces; the fields are counted after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
