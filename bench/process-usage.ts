import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of some processes and of each of their threads, in microseconds: hundredths of a second are as fine as Linux tells. */
export interface Usage {
  readonly totalMicros: number;
  /** By thread name; several threads of one name are added up. */
  readonly threads: Readonly<Record<string, number>>;
}

const TICK_MICROS = 10_000;

/** Reads what processes have used so far. One that is gone counts as nothing. */
export function readUsage(pids: readonly number[]): Usage {
  const threads: Record<string, number> = {};
  let totalMicros = 0;
  for (const pid of pids) {
    totalMicros += parseStat(readOr(`/proc/${pid}/stat`, '')).micros;
    for (const thread of listOr(`/proc/${pid}/task`)) {
      const { name, micros } = parseStat(readOr(`/proc/${pid}/task/${thread}/stat`, ''));
      // The main thread has the number of its process, whatever its name.
      const label = thread === String(pid) ? 'main' : name;
      threads[label] = (threads[label] ?? 0) + micros;
    }
  }
  return { totalMicros, threads };
}

/** What was used between two readings. */
export function usageBetween(before: Usage, after: Usage): Usage {
  const threads = Object.entries(after.threads).map(([name, micros]) => [name, micros - (before.threads[name] ?? 0)]);
  return { totalMicros: after.totalMicros - before.totalMicros, threads: Object.fromEntries(threads) };
}

/** Resident memory of some processes together, in bytes. */
export function readRss(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`, ''))?.[1] ?? 0;
    return sum + Number(kib) * 1_024;
  }, 0);
}

/** Name and user + system time of a line of /proc/…/stat. The name is in brackets and may have spaces and brackets itself. */
export function parseStat(line: string): { readonly name: string; readonly micros: number } {
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(line) ?? [];
  if (name === undefined || rest === undefined) return { name: '', micros: 0 };
  const fields = rest.split(' ');
  return { name, micros: (Number(fields[11]) + Number(fields[12])) * TICK_MICROS };
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process or thread has ended between the listing and the reading.
    return otherwise;
  }
}

function listOr(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
