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

/** Bounds on sessions and messages. */
export const SESSION_LIMITS = {
  /** What fits several times into one gRPC message, and is still read by an agent in one go. */
  maxSharedContextBytes: 1 * MiB,
  /** Sessions that are under way are held in memory; this many take some hundred MiB at worst in practice. */
  maxActiveSessions: 50_000,
  /** Ended sessions that were asked for lately and are answered without reading their log again. */
  maxEndedInMemory: 1_000,
  /** A session that needs more tasks is several sessions: each task is kept in memory while it lasts. */
  maxTasks: 10_000,
  /** Members beyond this make every change of the roster costly. */
  maxParticipants: 256,
  /** Loading a session folds at most this many events after its snapshot: some milliseconds. */
  snapshotEvery: 256,
  /** Newest events kept for watchers that follow closely, so that they do not read the disk. */
  recentEvents: 128,
  /** The same in bytes, since one event may carry a whole result. */
  recentBytes: 1 * MiB,
  /** Events that a watcher is handed at a time. */
  watchPageEvents: 256,
  /** The same in bytes: a page fits one gRPC message beside everything else. */
  watchPageBytes: 1 * MiB,
  /** Sessions read at the same time for one page of a list. */
  listConcurrency: 16,
} as const;

/** Bounds on single messages. */
export const MESSAGE_LIMITS = {
  /** gRPC clients receive 4 MiB by default; the rest is room for what a delivery puts around an envelope. */
  maxEnvelopeBytes: 4 * MiB - 64 * KiB,
} as const;

/** Bounds and defaults that single calls name. */
export const CALL_LIMITS = {
  /** Pages of lists: half a screen by default, and never so many that a page outgrows a gRPC message. */
  listPage: { default: 50, max: 500 },
  /** Pages of session events; a page is bounded in bytes too. */
  eventPage: { default: 100, max: 1_000 },
  /** Messages of one ReceiveMessages: scripts take one, workers a batch. */
  receivePage: { default: 1, max: 1_000 },
  /** Long enough for a call to a model to answer, short enough that a lost delivery is soon somebody else's. */
  defaultLeaseMs: 30 * SECOND,
  /** Name of the one process of an agent that does not name itself. */
  defaultInstanceId: 'default',
} as const;

/** Bounds inside the embedded engine. */
export const SQLITE_LIMITS = {
  /** One fsync for a thousand operations costs each next to nothing; a longer batch only makes the first one wait. */
  maxBatchOperations: 1_024,
  /** Keeps one commit to some milliseconds; the largest envelope still shares it with others. */
  maxBatchBytes: 4 * MiB,
  /** Rows of waiting mail that cross to the main thread at a time while opening: about 1 MiB. */
  loadChunkRows: 16_384,
  /** Sessions one step of a listing looks at, about ten milliseconds, before others get their turn. */
  listStepSessions: 10_000,
  /** Sessions on one page of a listing, whatever was asked for. */
  maxListPage: 1_000,
  /** Message records one step of forgetting looks at: it shares a commit with messages that somebody waits for. */
  pruneStepRecords: 1_000,
  /** Forgetting some seconds late costs a little disk; looking more often costs commits on an idle bus. */
  pruneIntervalMs: MINUTE,
  /** Leases, delays and messages whose time has come that one turn of the event loop handles: a few milliseconds. */
  deadlinesPerTurn: 1_000,
  /** Holds the upper levels of every index and the newest records of a busy bus. */
  pageCacheBytes: 64 * MiB,
  /** A checkpoint writes each changed page once, however often it changed: rarer ones write less in all. 32 MiB of log. */
  checkpointPages: 8_192,
  /** After a checkpoint the log file shrinks to this, should a long reader have let it grow. */
  maxIdleLogBytes: 64 * MiB,
  /** How long a command-line tool may hold the database before the engine takes it for broken. */
  busyTimeoutMs: 5_000,
} as const;

/** Bounds of one call, whichever protocol carries it. */
export const RPC_LIMITS = {
  /** gRPC's usual receive limit, so that whatever a default client can send or read, the bus can too. */
  maxRequestBytes: 4 * MiB,
  /** A page of deliveries is one envelope of 4 MiB at most; JSON of the same is longer. */
  maxResponseBytes: 8 * MiB,
  /** Node's timers hold no longer delay: a deadline beyond it would pass at once. About 24 days. */
  maxTimeoutMs: 2 ** 31 - 1,
  /** Small messages gain nothing from gzip and lose most of their speed; a page of events or sessions does gain. */
  compressMinBytes: 64 * KiB,
} as const;

/** Bounds of an error. A client refuses headers, where gRPC puts it, beyond 8 KiB: all together stays below. */
export const ERROR_LIMITS = {
  /** Whoever breaks eight rules at once reads the contract next, not the ninth. */
  maxViolations: 8,
  /** Characters of any one text: a pattern or a path in full, but not a client's input. */
  maxTextLength: 256,
} as const;

/** Bounds on who there is. */
export const AGENT_LIMITS = {
  /** All registered agents are kept in memory, so that a send never asks the disk whether its recipient exists. */
  maxAgents: 10_000,
  /** Processes that share one agent's mailbox; each report of presence names them all. */
  maxInstancesPerAgent: 64,
  /** Agents read from the store at a time while starting. */
  loadPageSize: 1_000,
} as const;

/** Bounds on handing out mail. */
export const DELIVERY_LIMITS = {
  /** Deliveries one lease call takes: frames of about this size move the most messages a second. */
  maxLeaseBatch: 64,
  /** Envelopes one lease call takes, in bytes: they are held in memory until the recipient reads them. */
  maxLeaseBytes: 1 * MiB,
  /** Credit of expired leases is freed this late at most; looking more often costs more than the credit is worth. */
  leaseSweepMs: SECOND,
} as const;
