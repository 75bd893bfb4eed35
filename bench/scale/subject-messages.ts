/** What a scenario asks of the process that it measures, and what that answers. */

/** How a subject is opened. */
export interface SubjectOptions {
  readonly dataDir: string;
  /** `engine`: send, lease and acknowledge there. `bus`: the same through the domain, with a consumer an agent. */
  readonly layer: 'engine' | 'bus';
  /** Agents whose mailboxes the traffic goes through. */
  readonly agents: readonly string[];
  /** Sessions that the traffic is spread over; 0 for messages outside of sessions. Layer `bus` alone. */
  readonly sessions: number;
  /** Bytes of envelopes in memory; 0 has every delivery read from the disk. As usual if it is absent. */
  readonly envelopeCacheBytes?: number;
}

export type SubjectRequest = { readonly kind: 'run'; readonly ms: number } | { readonly kind: 'stop' };

export type SubjectReply =
  | { readonly kind: 'opened'; readonly memory: Memory; readonly openMs: number }
  | { readonly kind: 'ran'; readonly figures: Figures };

export interface Memory {
  /** Of the process, in bytes. */
  readonly rss: number;
  /** Of the main thread, after a garbage collection. */
  readonly heap: number;
}

/** Of one stretch of load. */
export interface Figures {
  readonly roundsPerSecond: number;
  /** Processor time of all threads a round. */
  readonly cpuMicros: number;
  /** How late the event loop was, in milliseconds. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}
