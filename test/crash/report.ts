import type { BusProcess } from '../start-bus-process.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Violation } from './ledger/violation.ts';

/** What a crash loop came to. */
export interface CrashReport {
  readonly seed: number;
  readonly dataDir: string;
  readonly counts: CrashCounts;
  /** How often each kind of strike was made. */
  readonly strikes: Readonly<Record<string, number>>;
  /** Milliseconds from the start of a process to its first line. */
  readonly readyMs: { readonly median: number; readonly max: number };
  readonly violations: readonly Violation[];
  /** What the last buses wrote to their logs, the newest last. */
  readonly busLogs: readonly string[];
}

export interface CrashCounts {
  kills: number;
  /** Of these, while the bus was starting and did not listen yet. */
  killsBeforeListening: number;
  messagesAccepted: number;
  messagesUnknown: number;
  deliveries: number;
  redeliveries: number;
  acknowledged: number;
  rejected: number;
  dropped: number;
  deadLettered: number;
  deadLettersRedelivered: number;
  deadLettersPurged: number;
  duplicatesAnswered: number;
  sessions: number;
  sessionEvents: number;
  facts: number;
}

const LOGS_KEPT = 5;
/** Violations beyond this say nothing new. */
const VIOLATIONS_KEPT = 100;

export interface ReportWriter {
  deadLettered: number;
  readonly violations: readonly Violation[];
  add(violations: readonly Violation[]): void;
  struck(name: string, beforeListening: boolean): void;
  ready(ms: number): void;
  ranOnce(bus: BusProcess): void;
  progress(ledger: Ledger): string;
  finish(ledger: Ledger): CrashReport;
}

export function createReport({ seed, dataDir }: { seed: number; dataDir: string }): ReportWriter {
  const violations: Violation[] = [];
  const strikes: Record<string, number> = {};
  const readyMs: number[] = [];
  const busLogs: string[] = [];
  let kills = 0;
  let killsBeforeListening = 0;
  const writer: ReportWriter = {
    deadLettered: 0,
    violations,
    add(found) {
      violations.push(...found.slice(0, VIOLATIONS_KEPT - violations.length));
    },
    struck(name, beforeListening) {
      kills++;
      if (beforeListening) killsBeforeListening++;
      strikes[name] = (strikes[name] ?? 0) + 1;
    },
    ready: (ms) => void readyMs.push(ms),
    ranOnce(bus) {
      busLogs.push(bus.stderr().slice(-20_000));
      if (busLogs.length > LOGS_KEPT) busLogs.shift();
    },
    progress: (ledger) => `${ledger.order} facts, ready in ${Math.round(readyMs.at(-1) ?? 0)} ms`,
    finish(ledger) {
      const sorted = readyMs.toSorted((one, other) => one - other);
      const [median, max] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
      const counts = { kills, killsBeforeListening, ...count(ledger), deadLettered: writer.deadLettered };
      return {
        seed,
        dataDir,
        counts,
        strikes,
        readyMs: { median: Math.round(median), max: Math.round(max) },
        violations,
        busLogs,
      };
    },
  };
  return writer;
}

function count(ledger: Ledger): Omit<CrashCounts, 'kills' | 'killsBeforeListening' | 'deadLettered'> {
  const counts = {
    messagesAccepted: 0,
    messagesUnknown: 0,
    deliveries: 0,
    redeliveries: 0,
    acknowledged: 0,
    rejected: 0,
    dropped: 0,
    deadLettersRedelivered: 0,
    deadLettersPurged: 0,
    duplicatesAnswered: 0,
    sessions: ledger.sessions.size,
    sessionEvents: [...ledger.sessions.values()].reduce((sum, { events }) => sum + events.size, 0),
    facts: ledger.order,
  };
  const settled = {
    acknowledge: 'acknowledged',
    requeue: 'rejected',
    drop: 'dropped',
    redeliver: 'deadLettersRedelivered',
    purge: 'deadLettersPurged',
  } as const;
  for (const { sends, deliveries, settlements } of ledger.messages()) {
    if (sends.some(({ confirmed }) => confirmed !== undefined)) counts.messagesAccepted++;
    else if (sends.every(({ refused }) => refused === undefined)) counts.messagesUnknown++;
    counts.duplicatesAnswered += sends.filter(({ answer }) => answer === 'duplicate').length;
    counts.deliveries += deliveries.length;
    counts.redeliveries += deliveries.filter(({ because }) => because !== 0).length;
    for (const { kind, confirmed } of settlements) {
      if (kind in settled && confirmed !== undefined) counts[settled[kind as keyof typeof settled]]++;
    }
  }
  return counts;
}

/** The report as a table, with the evidence of every violation. */
export function formatReport({ seed, dataDir, counts, strikes, readyMs, violations, busLogs }: CrashReport): string {
  const rows: [string, string | number][] = [
    ['seed', seed],
    ['kills', counts.kills],
    ...Object.entries(strikes).map(([name, times]): [string, number] => [`  ${name}`, times]),
    ['  before the bus listened', counts.killsBeforeListening],
    ['messages accepted', counts.messagesAccepted],
    ['  still unknown', counts.messagesUnknown],
    ['deliveries', counts.deliveries],
    ['  marked as redeliveries', counts.redeliveries],
    ['acknowledgements confirmed', counts.acknowledged],
    ['rejections confirmed', counts.rejected],
    ['drops confirmed', counts.dropped],
    ['dead letters in the end', counts.deadLettered],
    ['  delivered again, confirmed', counts.deadLettersRedelivered],
    ['  purged, confirmed', counts.deadLettersPurged],
    ['repeats answered as duplicates', counts.duplicatesAnswered],
    ['sessions', counts.sessions],
    ['session events', counts.sessionEvents],
    ['facts in the ledger', counts.facts],
    ['time to ready, median', `${readyMs.median} ms`],
    ['time to ready, longest', `${readyMs.max} ms`],
    ['violations', violations.length],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}${value}`);
  for (const { kind, subject, text, evidence } of violations.slice(0, 10)) {
    lines.push('', `VIOLATION ${kind}: ${subject}`, `  ${text}`);
    if (evidence !== undefined) lines.push(JSON.stringify(evidence, printable, 2));
  }
  if (violations.length > 0) lines.push('', `data kept in ${dataDir}`, ...busLogs.slice(-2));
  return `${lines.join('\n')}\n`;
}

/** Numbers of the contract that JSON has no form for, and bytes, which nobody reads. */
export function printable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === 'string' && value.length > 2_000) return `${value.slice(0, 2_000)}…`;
  return value;
}
