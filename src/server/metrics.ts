import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BusObserver } from '../bus/observer.ts';

/** What can only be read, when somebody asks. */
export type GaugeName = 'open_calls' | 'open_streams' | 'mailbox_messages' | 'dead_letters' | 'dead_letter_bytes';

/** The numbers of one bus, in a registry of its own: two in one process do not add up. */
export interface Metrics {
  /** Counts what the bus tells. */
  readonly observer: BusObserver;
  /** Says where a gauge is read; until then it is not shown. */
  show(gauge: GaugeName, read: () => number): void;
  /** All of it as Prometheus reads it. */
  render(): Promise<{ contentType: string; text: string }>;
  /** Stops measuring the event loop. */
  close(): void;
}

const GAUGES: Readonly<Record<GaugeName, string>> = {
  open_calls: 'Calls under way, streams included.',
  open_streams: 'Streams under way.',
  mailbox_messages: 'Messages in all mailboxes that are not settled.',
  dead_letters: 'Messages that were given up and wait for a decision.',
  dead_letter_bytes: 'Bytes of these messages.',
};

/** From a fast disk's single fsync to one that fails. */
const COMMIT_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2];
const COMMIT_WRITES = [1, 4, 16, 64, 256, 1_024];

/** Makes the registry with everything at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const stopLoop = measureLoop(registry);
  return {
    observer: createObserver(registry),
    show(gauge, read) {
      const registers = [registry];
      new Gauge({
        name: `agentbus_${gauge}`,
        help: GAUGES[gauge],
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    close: stopLoop,
  };
}

function createObserver(registry: Registry): BusObserver {
  const count = (name: string, help: string) =>
    new Counter({ name: `agentbus_${name}_total`, help, registers: [registry] });
  const accepted = count('messages_accepted', 'Messages that are on disk.');
  const duplicates = count('messages_duplicate', 'Sends that were repeats.');
  const delivered = count('messages_delivered', 'Messages handed to a recipient, repeats included.');
  const redelivered = count('messages_redelivered', 'Of these, those that were or may have been delivered before.');
  const acknowledged = count('messages_acknowledged', 'Messages settled for good.');
  const deadLettered = count('messages_dead_lettered', 'Messages given up.');
  const expired = count('messages_expired', 'Messages that passed their expiry.');
  const receiptsDropped = count('receipts_dropped', 'Receipts that a stream of the sender had no room for.');
  const countBy = (name: string, help: string, label: string) =>
    new Counter({ name: `agentbus_${name}_total`, help, labelNames: [label], registers: [registry] });
  const deadLettersRedelivered = count('dead_letters_redelivered', 'Dead letters that were put back.');
  const deadLettersPurged = count('dead_letters_purged', 'Dead letters that somebody deleted.');
  const forgotten = new Counter({
    name: 'agentbus_forgotten_total',
    help: 'What retention took away, because of its age or because there was too much of it.',
    labelNames: ['kind', 'because'],
    registers: [registry],
  });
  const tasks = count('tasks_delegated', 'Tasks that were delegated.');
  const attempts = countBy('task_attempts_failed', 'Attempts of tasks that failed before another one.', 'reason');
  const ended = countBy('tasks_ended', 'Tasks that ended.', 'status');
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `agentbus_${name}`, help, buckets, registers: [registry] });
  const seconds = histogram(
    'commit_duration_seconds',
    'Time from asking the disk to a durable group of writes.',
    COMMIT_SECONDS,
  );
  const writes = histogram('commit_writes', 'Writes that became durable together.', COMMIT_WRITES);
  return {
    accepted: (messages) => accepted.inc(messages),
    duplicate: () => duplicates.inc(),
    delivered: (messages) => delivered.inc(messages),
    redelivered: (messages) => redelivered.inc(messages),
    acknowledged: (messages) => acknowledged.inc(messages),
    deadLettered: () => deadLettered.inc(),
    expired: () => expired.inc(),
    deadLettersRedelivered: (messages) => deadLettersRedelivered.inc(messages),
    deadLettersPurged: (messages) => deadLettersPurged.inc(messages),
    forgotten: ({ kind, because, count }) => forgotten.inc({ kind, because }, count),
    receiptDropped: () => receiptsDropped.inc(),
    taskDelegated: () => tasks.inc(),
    attemptFailed: (reason) => attempts.inc({ reason }),
    taskEnded: (status) => ended.inc({ status }),
    committed(count, durationMs) {
      writes.observe(count);
      seconds.observe(durationMs / 1_000);
    },
  };
}

/** How late the event loop runs, since the last time somebody asked. Returns the way to stop. */
function measureLoop(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'agentbus_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const quantile of [50, 99, 100])
        this.set({ quantile: String(quantile / 100) }, delay.percentile(quantile) / 1e9);
      delay.reset();
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return () => void delay.disable();
}
