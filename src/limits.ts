/**
 * Every bound of the bus, with its reason. Nothing else in `src` names a number
 * that limits a queue, a frame, a connection or a wait.
 */
const KiB = 1024;
const MiB = 1024 * KiB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Bounds on what is stored and handed out. */
export const STORE_LIMITS = {
  /** An agent that is away for a day at one message a second must not lose any; more is a fault of the sender. */
  maxMailboxMessages: 100_000,
  /** Keeps one absent agent from filling the disk of all. */
  maxMailboxBytes: 256 * MiB,
  /** The fifth failure is seldom the last: five is what queue users know as the default. */
  maxDeliveries: 5,
  /** A waiting lower class gets at least one delivery in seventeen. */
  starvationLimit: 16,
  /** A sender that retries for longer than a day is a new sender. */
  dedupeWindowMs: 24 * HOUR,
  /** Messages that are delivered soon after they came are served from memory; a backlog is read from disk. */
  envelopeCacheBytes: 64 * MiB,
} as const;
