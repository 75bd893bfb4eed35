/**
 * What is measured: a server with its leanest client. The bus is one, what users would pick instead are others (bench/peers), and so
 * are the physical limits (bench/limits). One runner has all of them do the same scenarios in turns, so that what else the
 * machine does meets each.
 *
 * The peers that can be had on this machine come from `findPeers()` of bench/peers/find-peers.ts.
 */
import type { Buckets } from './histogram.ts';

/** Messages from one agent to another: sent, on disk, delivered, acknowledged, on disk. */
export interface RoundsScenario {
  readonly kind: 'rounds';
  /** Unique among all scenarios; what `--only` and the results name. */
  readonly name: string;
  /** Content of a message in bytes; ids and addresses come on top of it. */
  readonly bytes: number;
  /** Senders, and as many receivers. Each is an agent of its own, on a connection of its own where the peer has connections. */
  readonly pairs: number;
  /** Messages that a sender puts into one frame or call, and the most that a receiver acknowledges in one. 1: one by one. */
  readonly batch: number;
  /** Closed loop: messages of one pair that are under way, which is to say sent and not acknowledged for good. */
  readonly window: number;
  /** Open loop: messages a second of all pairs together, on a timetable that waits for nobody. */
  readonly rate?: number;
  /** What the content is: bytes (the default), or a JSON object where the peer knows the difference. */
  readonly content?: 'bytes' | 'json';
}

/** What only the bus does. */
export interface BusScenario {
  readonly kind: 'unary' | 'unary-rounds' | 'json' | 'sync' | 'fan-out' | 'watch' | 'typed';
  readonly name: string;
  readonly bytes: number;
  /** Callers, recipients or watchers; `kind` says which. */
  readonly agents: number;
  /** Calls or messages under way, of all senders together. */
  readonly window: number;
}

/** One thing that is measured. */
export type Scenario = RoundsScenario | BusScenario;

/** Where a peer runs: everybody gets the same. */
export interface Place {
  /** An empty folder on the disk that is measured; removed by the runner once the peer has stopped. */
  readonly dir: string;
  /** Cores for `taskset -c`, such as `0-1`; undefined where processes cannot be pinned. */
  readonly serverCores: string | undefined;
  /** The same for the processes that make the load. */
  readonly loadCores: string | undefined;
}

/** Something to measure. */
export interface Peer {
  /** As tables have it, such as `JetStream, sync always`. */
  readonly name: string;
  readonly version: string;
  /** What is configured otherwise than by default, in a line. */
  readonly configuration: string;
  /** What it means that a message was accepted and acknowledged: fsynced, written, or in memory. A line. */
  readonly acknowledgement: string;
  /** What makes the load: language, library, protocol. A line. */
  readonly client: string;
  /** Whether the scenario means something there. */
  takes(scenario: Scenario): boolean;
  /** Starts the server in processes of its own and waits until it can be used. */
  start(place: Place): Promise<RunningPeer>;
}

/** A peer whose server runs. It is idle between two calls of `run`, while others have their turn. */
export interface RunningPeer {
  /** The processes of the server: their processor time and memory count. Empty for a limit without a server. */
  readonly pids: readonly number[];
  /**
   * One turn: load from processes of their own (see bench/load-process.ts), first to warm up, then measured, then as long
   * as it takes until nothing is under way. Called once or more, never twice at a time; a turn finds no mail of the one before.
   * Rejects when anything is refused or goes missing.
   */
  run(scenario: Scenario, turn: Turn): Promise<LoadResult>;
  /** The longest that most turns of the server's event loop took since the last call, if it says so. Milliseconds. */
  loopDelayP99Ms?(): Promise<number | undefined>;
  /** Messages that are still kept for somebody: 0 after each turn, or the run has failed. */
  depth?(): Promise<number>;
  /** Stops the server, whatever state it is in. */
  stop(): Promise<void>;
}

/** How long a turn lasts, and who wants to know. */
export interface Turn {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Called at the moment at which the measured stretch begins, and at its end: the processor time in between counts. */
  began(): void;
  ended(): void;
}

/** What the load saw. All counts but `rounds` are of the whole turn, warm-up and end included, so that they must add up. */
export interface LoadResult {
  /** Length of the measured stretch. */
  readonly seconds: number;
  /** Rounds that were completed in it. Calls, answers, copies or events, where a scenario has no rounds. */
  readonly rounds: number;
  readonly counts: Counts;
  /** Microseconds in the measured stretch. In an open loop they count from the moment at which the message was due. */
  readonly latencies: Latencies;
  /** User and system time of the load's processes in the measured stretch, in microseconds. */
  readonly loadCpuMicros: number;
}

/** Nothing is lost where `sent` is `accepted`, and `due`, `delivered` and `acknowledged` are the same. */
export interface Counts {
  readonly sent: number;
  readonly accepted: number;
  /** Deliveries that what was accepted has to lead to. */
  readonly due: number;
  /** Deliveries that came, repeats not counted. */
  readonly delivered: number;
  /** Of these, those whose acknowledgement was confirmed. The same as `delivered` where nothing is acknowledged. */
  readonly acknowledged: number;
}

/** From the send to each of these. A peer leaves out what it does not tell. */
export interface Latencies {
  /** The sender knows that the message is kept. */
  readonly accepted?: Buckets;
  /** The recipient has it. */
  readonly delivered?: Buckets;
  /** The acknowledgement is confirmed: the whole round. */
  readonly round?: Buckets;
}

/** What bench/peers/find-peers.ts tells: what can be measured here, and in words what cannot, and why. */
export interface FoundPeers {
  readonly peers: readonly Peer[];
  readonly missing: readonly string[];
}
