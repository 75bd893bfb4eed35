import type { FsyncTime } from './fsync-time.ts';
import { createHistogram } from './histogram.ts';
import type { Counts, Latencies, LoadResult } from './peer.ts';
import type { Usage } from './process-usage.ts';

/** What one turn of one peer came to. */
export interface Figures {
  readonly perSecond: number;
  /** User and system time of the server for each round; undefined for a limit without a server. */
  readonly serverMicros: number | undefined;
  /** The same for each of its threads that used any. */
  readonly threadMicros: Readonly<Record<string, number>>;
  /** User and system time of the load for each round. */
  readonly loadMicros: number;
  /** Resident memory of the server at the end of the stretch. */
  readonly rssMiB: number | undefined;
  readonly loopDelayP99Ms: number | undefined;
  /** Milliseconds from the send to each stage. */
  readonly latencies: Readonly<Partial<Record<keyof Latencies, Quantiles>>>;
  /** Measured right before the turn, on the same disk. */
  readonly fsync: FsyncTime;
  readonly counts: Counts;
}

/** Milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export interface Observed {
  readonly result: LoadResult;
  readonly usage: Usage;
  /** Whether there is a server whose usage it is. */
  readonly hasServer: boolean;
  readonly rss: number;
  readonly loopDelayP99Ms: number | undefined;
  readonly fsync: FsyncTime;
}

/** Makes figures of what was seen. */
export function figuresOf({ result, usage, hasServer, rss, loopDelayP99Ms, fsync }: Observed): Figures {
  const { rounds, seconds, loadCpuMicros, counts } = result;
  const threads = Object.entries(usage.threads).map(([name, micros]) => [name, micros / rounds] as const);
  return {
    perSecond: rounds / seconds,
    serverMicros: hasServer ? usage.totalMicros / rounds : undefined,
    threadMicros: Object.fromEntries(threads.filter(([, micros]) => micros > 0)),
    loadMicros: loadCpuMicros / rounds,
    rssMiB: hasServer ? rss / 1024 ** 2 : undefined,
    loopDelayP99Ms,
    latencies: quantilesOf(result.latencies),
    fsync,
    counts,
  };
}

/** What is wrong with the counts of a turn, in words; empty if nothing is. */
export function lossesOf({ sent, accepted, due, delivered, acknowledged }: Counts): string[] {
  return [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(accepted === sent ? [] : [`${accepted} of ${sent} messages were accepted`]),
    ...(delivered === due ? [] : [`${delivered} of ${due} deliveries came`]),
    ...(acknowledged === delivered ? [] : [`${acknowledged} of ${delivered} deliveries were acknowledged`]),
  ];
}

function quantilesOf(latencies: Latencies): Figures['latencies'] {
  const stages = Object.entries(latencies).map(([stage, buckets]) => {
    const histogram = createHistogram();
    histogram.add(buckets);
    const at = (part: number) => histogram.quantile(part) / 1_000;
    return [stage, { p50: at(0.5), p99: at(0.99), p999: at(0.999) }] as const;
  });
  return Object.fromEntries(stages);
}
