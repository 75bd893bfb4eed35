/**
 * Every bound of the bus, with its reason. Nothing else in `src` names a number
 * that limits a queue, a frame, a connection or a wait.
 */
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const TiB = 1024 * GiB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TEN_YEARS = 10 * 365 * 24 * HOUR;

/** Bounds on what is stored and handed out. */
export const STORE_LIMITS = {
  /** An agent that is away for a day at one message a second must not lose any; more is a fault of the sender. */
  maxMailboxMessages: 100_000,
  /** Keeps one absent agent from filling the disk of all. */
  maxMailboxBytes: 256 * MiB,
  /** The fifth failure is seldom the last: five is what queue users know as the default; an operator may choose. */
  maxDeliveries: 5,
  /** A waiting lower class gets at least one delivery in seventeen. */
  starvationLimit: 16,
  /** How long what has ended is kept, by default; an operator may choose. */
  retention: {
    /** A sender that retries for longer than a day is a new sender. */
    messageAgeMs: 24 * HOUR,
    /** A day at 500 messages a second; some 10 GiB. Beyond it, repeats are recognized for less than a day. */
    maxMessageRecords: 50_000_000,
    /** Somebody looks at dead letters once a month, or never. */
    deadLetterAgeMs: 30 * 24 * HOUR,
    /** What fails is seldom all of the traffic; when it is, it must not take the disk from the rest. */
    maxDeadLetterBytes: 1 * GiB,
    /** A month of history for whoever asks what an agent did. */
    endedSessionAgeMs: 30 * 24 * HOUR,
    /** Some hundred thousand sessions of the usual size. */
    maxEndedSessionBytes: 4 * GiB,
  },
  /** Messages that are delivered soon after they came are served from memory; a backlog is read from disk. */
  envelopeCacheBytes: 64 * MiB,
} as const;

/** Bounds on sessions and messages. */
export const SESSION_LIMITS = {
  /** What fits several times into one gRPC message, and is still read by an agent in one go. */
  maxSharedContextBytes: 1 * MiB,
  /** Roster, steps and labels at the start: with context and completion, a session still fits one gRPC message. */
  maxOutlineBytes: 512 * KiB,
  /** Sessions that are under way are held in memory; this many take some hundred MiB at worst in practice. */
  maxActiveSessions: 50_000,
  /** Ended sessions that were asked for lately and are answered without reading their log again. */
  maxEndedInMemory: 1_000,
  /** The same in bytes as they are stored, and for tasks outside of sessions: one with thousands of tasks has some MiB. */
  maxEndedBytesInMemory: 64 * MiB,
  /** A session that needs more tasks is several sessions: each task is kept in memory while it lasts. */
  maxTasks: 10_000,
  /** Members beyond this make every change of the roster costly. */
  maxParticipants: 256,
  /** Loading a session folds at most this many events after its snapshot, or one a task if it has more: some milliseconds. */
  snapshotEvery: 256,
  /** Newest events kept for watchers that follow closely, so that they do not read the disk. */
  recentEvents: 128,
  /** The same in bytes, since one event may carry a whole result. */
  recentBytes: 1 * MiB,
  /** Events that a watcher is handed at a time. */
  watchPageEvents: 256,
  /** The same in bytes: a page fits one gRPC message beside everything else. */
  watchPageBytes: 1 * MiB,
  /** Sessions read at the same time: enough to hide the way to the disk, few enough to leave others their turn. */
  loadTogether: 16,
  /** A page of a list ends early here: most gRPC clients take 4 MiB, and the last sessions read may be large ones. */
  listPageBytes: 2 * MiB,
} as const;

/** Bounds and defaults of tasks. */
export const TASK_LIMITS = {
  /** What a retry policy means that names no first wait: long enough for a process to restart. */
  defaultInitialDelayMs: SECOND,
  /** The same for the longest wait: a task that is due is not forgotten for longer than anybody watches it. */
  defaultMaxDelayMs: MINUTE,
  /** News that work is of no use any more is of no use itself once an agent would have finished it. */
  takenBackTtlMs: HOUR,
  /** Characters of an assignee's words about a failure that are kept with the task; its answer has all of them. */
  maxErrorLength: 1_024,
  /** Bytes of a note on progress: a line or two for people, kept in memory with each task. */
  maxNoteBytes: 1_024,
  /** Tasks outside of sessions that are open at once: each is held in memory, some KiB with its timer. */
  maxLooseTasks: 100_000,
  /** The same for one delegator, so that none keeps others from delegating. */
  maxLooseTasksPerDelegator: 20_000,
  /** Looks for agents that are gone come this often in a task lease. */
  looksPerLease: 4,
  /** Message records asked for at a time, at the start and for agents that are gone: some milliseconds of the store's time. */
  recordsTogether: 500,
  /** Longest wait for an answer in one call; a longer one is a reason to follow the session instead. */
  maxSyncWaitMs: HOUR,
} as const;

/** Bounds on single messages. */
export const MESSAGE_LIMITS = {
  /** gRPC clients receive 4 MiB by default; the rest is room for what a delivery puts around an envelope. */
  maxEnvelopeBytes: 4 * MiB - 64 * KiB,
  /** Envelopes of one broadcast together: they are written in one transaction that everybody else waits for. */
  maxBroadcastBytes: 64 * MiB,
  /** Objects in objects. Each is three messages of protobuf, whose decoders stop at 100; the other ten are around it. */
  maxJsonDepth: 30,
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
  /** A wait that the deadline of its call bounds ends this much earlier: the answer has to be there before the caller gives up. */
  answerMarginMs: 250,
  /** The same as a part of the time that the call has, for short deadlines. */
  answerMarginShare: 0.1,
  /** Name of the one process of an agent that does not name itself. */
  defaultInstanceId: 'default',
} as const;

/** Bounds inside the embedded engine. */
export const SQLITE_LIMITS = {
  /** One fsync for a thousand operations costs each next to nothing; a longer batch makes the first one wait, and its replies everybody. */
  maxBatchOperations: 1_024,
  /** From this many on, a batch may be sent while the one before it still runs: it is large enough for an fsync of its own. */
  aheadOperations: 64,
  /** The same as a share of the batch that runs: a busy store has few large commits rather than many of any size. */
  aheadShare: 0.5,
  /** Keeps one commit to some milliseconds; the largest envelope still shares it with others. */
  maxBatchBytes: 4 * MiB,
  /** Memory of a batch that is kept for the next one: that of most. A larger one was made by large messages, and goes. */
  maxSpareTapeBytes: 2 * MiB,
  /** Rows of waiting mail that cross to the main thread at a time while opening: about 1 MiB. */
  loadChunkRows: 16_384,
  /** Rows of it that are read and checked at a time: what is made of them is garbage before it was moved to the old space. */
  loadStepRows: 1_024,
  /** Messages in the cache of envelopes, each an object that garbage collections walk over; others are rows of numbers until they are leased. */
  cachedMessages: 65_536,
  /** Rows of waiting mail that are made room for together, 40 KiB: few enough that little is empty, many enough that blocks are few. */
  parkedBlockRows: 1_024,
  /** The same in a mailbox that has few: there may be many of those. */
  firstParkedBlockRows: 16,
  /** Sessions one step of a listing looks at, about ten milliseconds, before others get their turn. */
  listStepSessions: 10_000,
  /** Sessions on one page of a listing, whatever was asked for. */
  maxListPage: 1_000,
  /** The newest message ids, which are in no index yet: some MiB, and a fraction of a second to read back at open. */
  keysInMemory: 65_536,
  /** Message records one step of forgetting looks at: it shares a commit with messages that somebody waits for. */
  forgetStepRecords: 1_000,
  /** Dead letters, or events of forgotten sessions, that one step deletes: some milliseconds, like the others. */
  forgetStepRows: 256,
  /** The same in bytes: every page of a large value is visited to free it. */
  forgetStepBytes: 1 * MiB,
  /** Ended sessions one step forgets: each takes the rows of its members and labels with it, some hundred at worst. */
  forgetStepSessions: 16,
  /** Forgetting some seconds late costs a little disk; looking more often costs commits on an idle bus. */
  forgetIntervalMs: MINUTE,
  /** Pages one step gives back to the file system, 1 MiB: each may have to be moved, and is logged whole. */
  vacuumStepPages: 256,
  /** Free pages that are never given back, 16 MiB: a bus that is empty now and then does not grow its file anew each time. */
  keepFreePages: 4_096,
  /** The same as a share of what is in use: what comes and goes within a day finds its room again. */
  keepFreeShare: 0.25,
  /** Leases, delays and messages whose time has come that one turn of the event loop handles: a few milliseconds. */
  deadlinesPerTurn: 1_000,
  /** Holds the upper levels of every index and the newest records of a busy bus. */
  pageCacheBytes: 64 * MiB,
  /** A checkpoint writes each changed page once, however often it changed: rarer ones write less in all. 32 MiB of log. */
  checkpointPages: 8_192,
  /** A log that is shorter has no room made for it, 256 KiB: a bus that does little, as in tests, writes no more than it has to say. */
  logRoomFromPages: 64,
  /** Room that is made for the log at a time, 4 MiB: what writes it and the next sync take some milliseconds. */
  logRoomStepPages: 1_024,
  /** After a checkpoint the log file shrinks to this, should a long reader have let it grow. */
  maxIdleLogBytes: 64 * MiB,
  /** Pages that a backup copies before it syncs them, 4 MiB: how long the log of the bus waits behind them for the disk. */
  backupStepPages: 1_000,
  /** What is read of the log at a time when it is checked at open: enough that the system reads ahead. */
  logCheckBytes: 1 * MiB,
  /** How long a command-line tool may hold the database before the engine takes it for broken. */
  busyTimeoutMs: 5_000,
} as const;

/** Bounds on memory that messages share. */
export const BUFFER_LIMITS = {
  /** Small messages that come together share memory of this size; one that stays when the others are gone keeps all of it. */
  slabBytes: 4 * KiB,
} as const;

/** Bounds of one call, whichever protocol carries it. */
export const RPC_LIMITS = {
  /** gRPC's usual receive limit, so that whatever a default client can send or read, the bus can too. */
  maxRequestBytes: 4 * MiB,
  /** A page of deliveries has 4 MiB, of which JSON makes six times as much if all of it are control characters. */
  maxResponseBytes: 32 * MiB,
  /** Node's timers hold no longer delay: a deadline beyond it would pass at once. About 24 days. */
  maxTimeoutMs: 2 ** 31 - 1,
  /** Small messages gain nothing from gzip and lose most of their speed; a page of events or sessions does gain. */
  compressMinBytes: 64 * KiB,
  /** Names of agents that are recognized when they come again: some hundred KiB, and the agents of a busy moment. */
  knownNames: 4_096,
  /** Pieces of a message that are smaller are put together to this size: the largest message has 256 of them. */
  gatherBytes: 16 * KiB,
  /** Bodies are taken and given in pieces of this size at most: what a client read of an answer shows after each. */
  pieceBytes: 64 * KiB,
  /** Requests that came in part and answers that were read in part, of all clients together: 32 of the largest requests. */
  maxHeldBytes: 128 * MiB,
  /** The longest that one of them may take without progress. Later than a stream's SLOW_CONSUMER, which says more. */
  maxHeldMs: 90 * SECOND,
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
  /** Envelopes one ReceiveMessages brings, in bytes: what is around a thousand of them still fits 4 MiB with them. */
  maxReceiveBytes: 4 * MiB - 128 * KiB,
  /** Credit of expired leases is freed this late at most; looking more often costs more than the credit is worth. */
  leaseSweepMs: SECOND,
} as const;

/** Bounds on dead letters. */
export const DEAD_LETTER_LIMITS = {
  /** Envelopes of one page. With what is around five hundred of them, up to 1.5 KiB each, they fit gRPC's 4 MiB. */
  pageBytes: 3 * MiB,
} as const;

/** Bounds on making one result of a session's answers. */
export const AGGREGATION_LIMITS = {
  /** Answers of one session as JSON text: with what is made of them they still fit one gRPC message in most cases. */
  maxAnswerBytes: 3 * MiB,
  /** The encoded response. gRPC clients receive 4 MiB by default; a larger one would fail there, with a worse error. */
  maxResponseBytes: 4 * MiB - 64 * KiB,
  /** Failed attempts that are named for each task, the newest ones: the first show what they all show. */
  attemptsPerTask: 5,
  /** Artifacts of task results that are kept; a list that nobody reads to its end needs no more. */
  maxArtifacts: 1_024,
  /** Lines of one list or table of a summary: what somebody scrolls through. */
  maxSummaryLines: 200,
  /** The same in bytes, for lines that are long. */
  maxSummaryListBytes: 32 * KiB,
  /** Characters of one name or reason: the longest agent id in full. */
  maxSummaryText: 256,
  /** Characters of an artifact, which is of no use in part: as long as CompleteSession takes it. */
  maxSummaryArtifact: 2_048,
  /** Characters of the words that a session ended with: a page of them. */
  maxSummaryQuote: 4_096,
  /** Names in one line, such as the agents that gave one value. */
  maxSummaryNames: 5,
} as const;

/** Bounds on what the log says of retention. */
export const RETENTION_LIMITS = {
  /** What is over a bound goes every minute, on a busy bus; an operator need not hear of it as often. */
  logEveryMs: HOUR,
} as const;

/** Bounds of the port. What a stranger can make the bus hold is what these add up to. */
export const SERVER_LIMITS = {
  /** A client speaks first in every protocol of the port; one that says nothing only holds a socket. */
  sniffTimeoutMs: 5 * SECOND,
  /** HTTP/1.1: a header that takes longer comes from a client that wants it to. */
  headersTimeoutMs: 10 * SECOND,
  /** HTTP/1.1: later than the time for a call's body, which ends with a reason. The answer may take as long as it likes. */
  requestTimeoutMs: 100 * SECOND,
  /** HTTP/1.1: longer than the 60 s of common load balancers, which must be the ones to close. */
  keepAliveTimeoutMs: 65 * SECOND,
  /** A key, a trace context and some cookies of a proxy. */
  maxHeaderBytes: 16 * KiB,
  /**
   * An idle stream of gRPC on a connection of its own costs 55 KiB, one of another protocol up to 170 (10,000 of them,
   * measured): together below 2 GiB.
   */
  defaultMaxConnections: 10_000,
  /** One HTTP/2 connection may serve a whole host of agents; a lower value refuses streams of a client that starts. */
  maxStreamsPerConnection: 1_000,
  /** MiB that one HTTP/2 connection may hold; Node's 10 refuse the eleventh paused stream of 1 MiB. */
  maxConnectionMemoryMiB: 64,
  /** What a stream may send before it is read: a request of 4 MiB in four round trips. */
  streamWindowBytes: 1 * MiB,
  /** The same for all streams of a connection together. */
  connectionWindowBytes: 4 * MiB,
  /** Streams that a client may reset at once. Long polls are cancelled by resets; floods of them are an attack. */
  streamResetBurst: 1_000,
  /** Resets a second after that. */
  streamResetRate: 100,
  /** How often a connection is asked for a sign of life; proxies forget a silent one after 60 s at the earliest. */
  pingAfterMs: 30 * SECOND,
  /** Silence behind that question after which it is dead: several round trips of the worst link. */
  pingTimeoutMs: 15 * SECOND,
  /** The longest for the answer, which waits behind what the bus said before: the largest page of mail on the slowest line. */
  oneWayTimeoutMs: 90 * SECOND,
  /** 0.5 Mbit/s. So much longer a client has for its answer as what was said before needs. */
  slowestBytesPerSecond: 62_500,
  /** Time for calls and streams to end by themselves once the bus drains; orchestrators kill after 30 s. */
  drainTimeoutMs: 10 * SECOND,
  /** Time for the last responses to leave before sockets are cut. */
  goodbyeMs: 500,
  /** An attack that fills the connections must not fill the log as well. */
  refusalLogMs: 10 * SECOND,
  /** Browsers keep a permission for two hours at most, whatever they are told. */
  preflightCacheSeconds: 7_200,
} as const;

/** What an operator may choose. */
export const CONFIG_LIMITS = {
  port: { default: 8_080, min: 0, max: 65_535 },
  maxConnections: { default: SERVER_LIMITS.defaultMaxConnections, min: 1, max: 1_000_000 },
  /** Proxies cut streams that are silent for a minute; an agent that died is missed after two intervals. */
  heartbeatIntervalMs: { default: 15 * SECOND, min: 100, max: 10 * MINUTE },
  /** An agent that restarts is back in seconds; one that is gone for longer should not hold up its session. */
  taskLeaseMs: { default: 30 * SECOND, min: 100, max: 24 * HOUR },
  /** Below a second a message could expire on its way to an agent that waits for it. */
  messageTimeoutMs: { min: SECOND, max: 365 * 24 * HOUR },
  /** One: nothing is tried again. A thousand: for networks that break all the time. */
  maxDeliveries: { default: STORE_LIMITS.maxDeliveries, min: 1, max: 1_000 },
  /**
   * What has ended. The bus looks once a minute, so that less makes no difference; ten years are for ever. A bound in bytes
   * has room for one of the largest messages, and is no larger than a database can be.
   */
  retention: {
    messageAgeMs: { default: STORE_LIMITS.retention.messageAgeMs, min: MINUTE, max: TEN_YEARS },
    /** Records of some seconds at full speed: a sender that repeats at once is recognized even then. */
    maxMessageRecords: { default: STORE_LIMITS.retention.maxMessageRecords, min: 10_000, max: 10_000_000_000 },
    deadLetterAgeMs: { default: STORE_LIMITS.retention.deadLetterAgeMs, min: MINUTE, max: TEN_YEARS },
    maxDeadLetterBytes: { default: STORE_LIMITS.retention.maxDeadLetterBytes, min: 4 * MiB, max: 16 * TiB },
    endedSessionAgeMs: { default: STORE_LIMITS.retention.endedSessionAgeMs, min: MINUTE, max: TEN_YEARS },
    maxEndedSessionBytes: { default: STORE_LIMITS.retention.maxEndedSessionBytes, min: 4 * MiB, max: 16 * TiB },
  },
} as const;

/** Bounds on traces, which are told about in passing and must never cost a message. */
export const TRACE_LIMITS = {
  /** Spans that wait for the collector, about 1 KiB each: a second or more of a busy bus, after which they are dropped. */
  maxQueuedSpans: 8_192,
  /** What collectors take by default in one request, in less than 1 MiB. */
  maxSpansPerExport: 512,
  /** Whoever looks at a trace waits for it no longer than for the page to load. */
  exportEveryMs: SECOND,
  /** A collector that is not there is worth a line now and then, not one a second. */
  reportEveryMs: MINUTE,
  /** Time for the last spans when the bus stops: the rest of the shutdown has had most of what operators allow. */
  stopTimeoutMs: 3 * SECOND,
  /** Characters of an attribute: an agent id or a path in full. */
  maxAttributeLength: 512,
  /** Deliveries, tasks and messages without a trace of their own that are remembered, each: some MiB. */
  maxOpen: 10_000,
  /** The end of a lease that nobody tells of is seen this late; the span still ends with the lease. */
  leaseLookMs: SECOND,
} as const;

/** Bounds of one agent stream. */
export const STREAM_LIMITS = {
  /** A client that has connected knows at once who it is. */
  helloTimeoutMs: 10 * SECOND,
  /** Credit of an agent that names none: keeps a worker busy, and is soon done by another when it dies. */
  defaultMaxInFlight: 64,
  /** Each is a reader of its own; whoever follows more takes a second stream. */
  maxWatchedSessions: 100,
  /** Larger frames move no more messages a second and make whatever is behind them wait. */
  maxFrameBytes: 256 * KiB,
  /** The same as a count, for small messages. */
  maxDeliveriesPerFrame: 64,
  /** As many as one frame can send. */
  maxResultsPerFrame: 1_024,
  /** Deliveries and events that wait for the client to read; more stay where they are stored. */
  maxQueuedBytes: 1 * MiB,
  /** Queue room that one page of events counts for: its true size is known only when it is written. */
  eventPageBytes: 256 * KiB,
  /** What a client may have sent and not read the answers to; beyond it the bus stops reading. Two of the largest frames. */
  maxUnansweredBytes: 8 * MiB,
  /** Messages that all streams together take in one turn of the event loop: some milliseconds, that everybody else waits for. */
  messagesPerTurn: 256,
  /** Ids of deliveries that count as one message there. */
  idsPerUnit: 16,
  /** What an answer or a settlement costs at least, in memory, whatever it says. */
  minAnswerBytes: 256,
  /** Receipts in the queue at a time: enough for full packets, and 64 KiB of the queue's room at most. */
  maxQueuedReceipts: 256,
  /** Copies of messages whose news wait beside a full queue: some MiB. A sender that is further behind asks for the rest. */
  maxKeptReceipts: 4_096,
  /** A client that reads nothing for this long counts as slow: longer than any pause of a garbage collector. */
  stalledAfterMs: 5 * SECOND,
  /** After this long its messages do more good elsewhere. */
  slowConsumerMs: MINUTE,
  /** A stream that is over is broken off when its last frame is still not read after this long. */
  hangUpAfterMs: SECOND,
  /** Looks at the heartbeats and the writer of a stream come this often in a heartbeat interval. */
  looksPerInterval: 5,
  /** Time an agent has to settle what it holds when the bus shuts down. */
  drainGraceMs: 5 * SECOND,
  /** A stream that owes and is owed nothing this long after `drain` ends early: most shutdowns are quick. */
  drainQuietMs: 250,
  /** Agents come back spread over this time, so that a restarted bus meets them one by one. */
  reconnectSpreadMs: 5 * SECOND,
} as const;
