/**
 * What the bus asks of a durable store. An engine keeps session logs, message
 * records, mailboxes and registered agents, and knows nothing of their meaning:
 * events and envelopes are bytes to it.
 *
 * These comments are the contract. `test/engine/contract.ts` holds every engine
 * to it; a change here starts with a test there.
 *
 * "Durable" means on disk (fsynced), or, for an engine that was opened in
 * memory, applied.
 */
export interface Engine {
  /** Short name for logs and metrics: `sqlite`. */
  readonly name: string;
  /**
   * True when this process alone writes the data. The bus may then decide on
   * what it holds in memory and let the write follow, because no other writer
   * can make the decision wrong.
   */
  readonly exclusive: boolean;
  readonly journal: Journal;
  readonly sessions: SessionLog;
  readonly messages: MessageRecords;
  readonly mailboxes: Mailboxes;
  readonly deadLetters: DeadLetters;
  readonly agents: AgentDirectory;
  readonly metadata: Metadata;
  /**
   * Makes everything that was committed durable, returns all leases, lets go of
   * the data directory. Calls after it reject with `closed`. Safe to call twice.
   */
  close(): Promise<void>;
}

/** The one way to write what must be true together. */
export interface Journal {
  /**
   * Applies a write whole or not at all; resolves when it is durable. Writes of
   * one process take effect in the order of the calls.
   *
   * Rejects, with nothing changed, as `sequence_conflict` when
   * `append.expectedSequence` is not the session's last sequence, as
   * `duplicate_message` when (sender, messageId) of a message that is not a
   * further one is on record already, and as `mailbox_full` when the mailbox of
   * a recipient has no room.
   * An exclusive engine gives `mailbox_full` only if `Mailboxes.admit` said so
   * in the same synchronous section.
   *
   * The parts take effect in the order in which `Write` names them. Messages are
   * visible to `lease` and `find`, and the events to `read` and
   * `load`, when the promise has resolved, and not before.
   *
   * The engine may hand out the bytes of the envelope as they are: they must not be
   * changed after the call.
   */
  commit(write: Write): Promise<void>;
  /**
   * Accepts messages that have nothing to do with each other, at least one. Each is applied, or refused as
   * `duplicate_message` or `mailbox_full`, by itself, as `commit({ messages: [message] })` would do it: in their
   * order, and in the order of all calls of `commit` and `accept`. The callbacks are called once, and not before
   * this returns; the messages must not be changed until then.
   *
   * Throws, with nothing changed, as `closed` or `failed`. For whoever has many messages at a time: costs no promise
   * and no closure for each.
   */
  accept(messages: readonly NewMessage[], callbacks: AcceptCallbacks): void;
  /** Resolves when every write accepted before the call is durable. */
  flush(): Promise<void>;
}

/** Of one call of `Journal.accept`; exactly one of them is called. */
export interface AcceptCallbacks {
  /** All that was not refused is durable. Refusals by the position of their message; undefined if there are none. */
  done(refusals: ReadonlyMap<number, EngineError> | undefined): void;
  /** The store failed: unknown which of the messages are durable. */
  failed(error: EngineError): void;
}

/** One atomic change. At least one part is present and not empty. */
export interface Write {
  readonly append?: SessionAppend;
  /**
   * Copies to take back: leases of them end, and they are delivered no more. What is settled already,
   * or was never there, is passed over.
   */
  readonly withdraw?: readonly Withdrawal[];
  /** Messages whose kept envelopes are not needed any more; unknown ones are passed over. */
  readonly forget?: readonly MessageKey[];
  /** Messages to accept. */
  readonly messages?: readonly NewMessage[];
}

/** All copies of a message that one mailbox holds. */
export interface Withdrawal extends MessageKey {
  readonly recipient: string;
  /** Why; the record keeps it. */
  readonly reason: string;
}

/** Events to put at the end of one session's log. */
export interface SessionAppend {
  readonly sessionId: string;
  /** Sequence of the last event before these; 0 makes the session. */
  readonly expectedSequence: number;
  /** One entry an event, in order; they get expectedSequence + 1, + 2, and so on. */
  readonly events: readonly Uint8Array[];
  /** What `list` knows of the session from now on. Required when expectedSequence is 0. */
  readonly index?: SessionIndexEntry;
  /** The session's whole state after these events; `load` starts from the newest one. */
  readonly snapshot?: Uint8Array;
}

/** What sessions are listed by. */
export interface SessionIndexEntry {
  /** When the session ended, in milliseconds since the epoch; absent while it is under way. */
  readonly endedAt?: number;
  /** The state's name as the bus spells it; compared for equality only. */
  readonly state: string;
  /** Orchestrator and participants, each once. */
  readonly members: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The read side of session logs. */
export interface SessionLog {
  /** The newest snapshot with the events after it; undefined when there is no such session. */
  load(sessionId: string): Promise<StoredSession | undefined>;
  /**
   * Durable events with a sequence above `after`, ascending, without gaps: at
   * most `limit`, and no more than fit `maxBytes`, but always one if there is one.
   * Empty for a session that does not exist.
   */
  read(query: SessionReadQuery): Promise<StoredEvent[]>;
  /** Ids of the sessions that match, newest first (by creation, ties by order of creation). */
  list(query: SessionListQuery): Promise<SessionPage>;
  /**
   * Calls `listener` with the ids of ended sessions that were forgotten, once that is durable: they do not exist any
   * more, and their ids are free. Returns the way to stop it.
   */
  onForgotten(listener: (sessionIds: readonly string[]) => void): () => void;
}

export interface SessionReadQuery {
  readonly sessionId: string;
  readonly after: number;
  readonly limit: number;
  readonly maxBytes: number;
}

export interface StoredSession {
  readonly lastSequence: number;
  readonly snapshot?: { readonly sequence: number; readonly bytes: Uint8Array };
  /** Events after the snapshot, ascending; all of them if there is no snapshot. */
  readonly events: readonly StoredEvent[];
}

export interface StoredEvent {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface SessionListQuery {
  /** Only sessions in this state. */
  readonly state?: string;
  /** Only sessions that have this agent as a member. */
  readonly member?: string;
  /** Only sessions that carry all of these. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only sessions with a member that matches one of these patterns, where `*` stands for any run of characters. */
  readonly visibleTo?: readonly string[];
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface SessionPage {
  readonly sessionIds: readonly string[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: string;
}

/** A message on its way into mailboxes. */
export interface NewMessage {
  /** Idempotency key, together with messageId. */
  readonly sender: string;
  readonly messageId: string;
  /** Digest of what a repeat must match; compared by the bus. */
  readonly fingerprint: Uint8Array;
  /**
   * Agent ids whose mailboxes it goes to, a copy each, each once. With none it is on record alone, as
   * acknowledged at once.
   */
  readonly recipients: readonly string[];
  /** 1 (lowest) to 4 (highest). */
  readonly priority: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** Before this moment it is not delivered, also after a restart; absent: at once. */
  readonly availableAt?: number;
  /** From this moment on it is not delivered any more; absent: never. */
  readonly expiresAt?: number;
  /** A number of the bus's own, 0 (default) to 65,535: comes back where the message is handed out or ends. */
  readonly tag?: number;
  /** Whether these are more copies of a message that may be on record already; it is no duplicate then. */
  readonly further?: boolean;
  /** Whether `MessageRecords.envelope` has the envelope until a write forgets it, whatever becomes of the copies. */
  readonly keep?: boolean;
  /** The envelope as it came. */
  readonly envelope: Uint8Array;
}

/** What is remembered of messages, for idempotency and status, as long as `EngineRetention` says. */
export interface MessageRecords {
  /**
   * One entry a key, in the order of the keys: a record for each copy, in the order in which they were
   * accepted; empty for what was never accepted or is forgotten.
   */
  find(keys: readonly MessageKey[]): Promise<MessageRecord[][]>;
  /** The envelope of a message that was accepted with `keep` and not forgotten since; undefined for any other. */
  envelope(key: MessageKey): Promise<Uint8Array | undefined>;
}

export interface MessageKey {
  readonly sender: string;
  readonly messageId: string;
}

export interface MessageRecord extends MessageKey {
  /** Empty for a message that went into no mailbox. */
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly acceptedAt: number;
  readonly state: MessageState;
  /** Deliveries so far, the current one included; after the end, those that are known. */
  readonly attempts: number;
  /** When `state` was reached; acceptedAt while queued, absent where it is not kept. */
  readonly changedAt?: number;
  /** Why it was dead-lettered or withdrawn. */
  readonly reason?: string;
}

export type MessageState = 'queued' | 'delivered' | 'acknowledged' | 'expired' | 'dead_lettered' | 'withdrawn';

/**
 * Mailboxes, one an agent id, made by the first message.
 *
 * Order of delivery: higher priority first, oldest first within a priority, and
 * a class that was passed over `starvationLimit` times in a row goes next. A message
 * that comes back takes its old place. Two leases never hold one message.
 *
 * An unsettled delivery ends by itself when its lease expires; the message is then
 * available again. A message whose delivery number `maxDeliveries` ended without an
 * acknowledgement becomes a dead letter.
 */
export interface Mailboxes {
  /** Whether so many messages (default 1) of `bytes` together fit in now. Exact on an exclusive engine. Makes nothing. */
  admit(agentId: string, bytes: number, messages?: number): MailboxRoom;
  /** What a mailbox holds now: everything that is not settled, leased messages included. Makes nothing. */
  depth(agentId: string): MailboxDepth;
  /** The same for all mailboxes together. */
  totalDepth(): MailboxDepth;
  /**
   * Leases what is available now, in order of delivery; empty when nothing is.
   * Every lease is new: its deliveryId was never given out before, by any process.
   */
  lease(request: LeaseRequest): Promise<Lease[]>;
  /**
   * Settles messages for good; resolves when that is durable, with the messages among them that
   * have a tag. An id settles its message if it names the current lease, or if the message is not leased by
   * anybody (its lease ended, the work is done all the same). Any other id is stale:
   * reported, changing nothing.
   */
  acknowledge(agentId: string, deliveryIds: readonly string[]): Promise<Acknowledgement>;
  /**
   * Ends current leases and puts the messages back, available after `delayMs`.
   * Resolves when the delivery count is durable. Stale ids as for `acknowledge`,
   * but a message that is not leased is stale too.
   */
  release(agentId: string, deliveryIds: readonly string[], release: Release): Promise<Settlement>;
  /** Ends current leases and makes dead letters of the messages, durably. Stale ids as for `release`. */
  discard(agentId: string, deliveryIds: readonly string[], reason: string): Promise<Settlement>;
  /** Moves the expiry of current leases to `leaseMs` from now. Stale ids as for `release`. */
  extend(agentId: string, deliveryIds: readonly string[], leaseMs: number): Promise<Settlement>;
  /**
   * Ends all leases of a holder at once; its messages are available again before
   * this returns, in their old places, and what it has asked for and not yet got goes to others. `neverSent` names the
   * deliveries, or all of them, that never left the bus: for those no attempt is counted.
   */
  releaseHolder(agentId: string, holder: string, neverSent: readonly string[] | 'all'): void;
  /**
   * Calls `listener` whenever a message may have become available: after a
   * commit, a release, an expiry. Never from within `subscribe` or `lease`. Returns the way to stop it.
   */
  subscribe(agentId: string, listener: () => void): () => void;
  /**
   * Calls `listener` with every message that ended otherwise than by an acknowledgement, once that is durable.
   * Returns the way to stop it.
   */
  onEnded(listener: (message: EndedMessage) => void): () => void;
}

/** `actual` is what the mailbox would hold with the message in it. */
export type MailboxRoom =
  | { readonly ok: true }
  | { readonly ok: false; readonly bound: 'messages' | 'bytes'; readonly limit: number; readonly actual: number };

export interface MailboxDepth {
  readonly messages: number;
  /** Of their envelopes. */
  readonly bytes: number;
}

export interface LeaseRequest {
  readonly agentId: string;
  /** Whoever holds the leases; `releaseHolder` ends them together. */
  readonly holder: string;
  /** At most this many. */
  readonly limit: number;
  /** No more than fit this many bytes of envelopes, but always one if there is one. */
  readonly maxBytes: number;
  readonly leaseMs: number;
}

export interface Lease {
  readonly deliveryId: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Present if the message was, or may have been, delivered before. */
  readonly redeliveredBecause?: RedeliveryReason;
  readonly leaseExpiresAt: number;
  readonly sender: string;
  readonly messageId: string;
  readonly priority: number;
  /** 0 if the message has none. */
  readonly tag: number;
  readonly acceptedAt: number;
  readonly envelope: Uint8Array;
}

/** `bus_restarted`: the process stopped without a shutdown while the mailbox was in use. */
export type RedeliveryReason = 'lease_expired' | 'holder_gone' | 'rejected' | 'bus_restarted';

export interface Release {
  readonly delayMs: number;
  readonly because: 'rejected' | 'holder_gone';
}

export interface Settlement {
  /** Ids that named no message this call could settle. */
  readonly stale: readonly string[];
}

export interface Acknowledgement extends Settlement {
  /** The messages that were settled and have a tag. */
  readonly tagged: readonly TaggedMessage[];
}

/** A message with a tag that its recipient is done with. */
export interface TaggedMessage extends MessageKey {
  readonly tag: number;
  /** Deliveries of it, the last one included. */
  readonly attempts: number;
}

/**
 * Messages that became dead letters, kept until somebody decides about them or their retention ends
 * (`EngineLimits`). They take no room in their mailbox.
 */
export interface DeadLetters {
  /** The dead letters of one mailbox, in the order in which their messages were accepted. */
  list(query: DeadLetterQuery): Promise<DeadLetterPage>;
  /**
   * Puts messages back into their mailbox, durably, as if they were accepted at `acceptedAt`: behind all that waits
   * in their priority, among themselves in the order in which they were accepted first, with a fresh count of deliveries, each
   * of which says why it comes, the first one `rejected`; with a record of their own beside the one that says
   * `dead_lettered`, and without an expiry, because whoever calls has decided that they are still wanted. Of a tag the bits
   * in `keepTagBits` are kept. Ids that name no dead letter of this mailbox are passed over.
   *
   * All or nothing: rejects as `mailbox_full` when they do not fit in together.
   */
  redeliver(agentId: string, deadLetterIds: readonly string[], how: Redelivery): Promise<RedeliveredMessage[]>;
  /**
   * Deletes dead letters, durably; how many there were. Ids that name none of this mailbox are passed over. Many of them go
   * in steps: if the engine ends in between, some are gone, and the others are there still.
   */
  purge(agentId: string, deadLetterIds: readonly string[]): Promise<number>;
  /** How many there are, and the bytes of their envelopes, all mailboxes together. */
  total(): MailboxDepth;
}

export interface DeadLetterQuery {
  readonly agentId: string;
  /** `next` of the page before; anything else rejects as `invalid_cursor`. */
  readonly after?: string;
  /** At most this many. */
  readonly limit: number;
  /** No more than fit this many bytes of envelopes, but always one if there is one. */
  readonly maxBytes: number;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly StoredDeadLetter[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: string;
}

export interface StoredDeadLetter extends MessageKey {
  /** Never given to another dead letter of this data. */
  readonly deadLetterId: string;
  readonly acceptedAt: number;
  readonly diedAt: number;
  readonly attempts: number;
  readonly reason: string;
  readonly envelope: Uint8Array;
}

export interface Redelivery {
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** Bits of the tag that the message still has; the others are cleared. */
  readonly keepTagBits: number;
}

/** A dead letter that is back in its mailbox. */
export interface RedeliveredMessage extends MessageKey {
  readonly deadLetterId: string;
}

/** Agents that registered, whether or not they are connected. */
export interface AgentDirectory {
  /** Puts or replaces; resolves when durable. */
  put(agent: StoredAgent): Promise<void>;
  /** Whether there was one to remove; resolves when durable. Its mailbox stays. */
  remove(agentId: string): Promise<boolean>;
  /** Ascending by agent id, those above `after`. */
  list(query: { readonly after?: string; readonly limit: number }): Promise<StoredAgent[]>;
}

export interface StoredAgent {
  readonly agentId: string;
  readonly descriptor: Uint8Array;
}

/** Small facts about the data as a whole, such as which key seals it. */
export interface Metadata {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Resolves when durable. */
  put(name: string, value: Uint8Array): Promise<void>;
  /** Whether there is anything beside metadata: an event, a message, an agent. */
  holdsData(): Promise<boolean>;
}

/** What an engine tells the one who opened it. Called from the event loop, one call an occurrence. */
export interface EngineObserver {
  /** A group of `writes` became durable together, `durationMs` after the disk was asked. */
  committed?(writes: number, durationMs: number): void;
  /** A message became a dead letter, durably. */
  deadLettered?(message: EndedMessage): void;
  /** A message passed its expiresAt and left its mailbox. */
  expired?(message: EndedMessage): void;
  /** Retention forgot something before or because its time was over, durably. */
  forgotten?(what: Forgotten): void;
  /**
   * The store cannot be trusted any more (an I/O error, a corrupt file). Every call
   * pending or to come rejects with `failed`; the process must stop.
   */
  failed?(error: EngineError): void;
}

/** What retention took away at one time. */
export interface Forgotten {
  readonly kind: 'message_record' | 'dead_letter' | 'session';
  readonly count: number;
  /** Whether it was older than it may be, or the oldest of more than there may be. */
  readonly because: 'age' | 'size';
}

/** A copy of a message that ended otherwise than by an acknowledgement. */
export interface EndedMessage extends MessageKey {
  readonly recipient: string;
  readonly state: 'expired' | 'dead_lettered' | 'withdrawn';
  readonly attempts: number;
  readonly reason: string;
  /** 0 if it has none. */
  readonly tag: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * How long what has ended is kept. Each kind goes by age, and before that by size, the oldest first; never while it is
 * needed: a message that waits, an envelope that is kept, a session that is under way. What is gone gives its space
 * back to the file system, up to a share that is kept for what comes next. An engine may be late by some minutes.
 */
export interface EngineRetention {
  /** Records of messages that have ended: for this long a repeat is recognized and a status known. */
  readonly messageAgeMs: number;
  /** Records of messages, all together. Beyond it repeats are recognized for less than `messageAgeMs`. */
  readonly maxMessageRecords: number;
  readonly deadLetterAgeMs: number;
  /** Bytes of the envelopes of dead letters. */
  readonly maxDeadLetterBytes: number;
  /** Counted from the end of the session. */
  readonly endedSessionAgeMs: number;
  /** Bytes of the events and snapshots of ended sessions. */
  readonly maxEndedSessionBytes: number;
}

/** Bounds that an engine applies; `limits.ts` has the values and their reasons. */
export interface EngineLimits {
  readonly maxMailboxMessages: number;
  readonly maxMailboxBytes: number;
  readonly maxDeliveries: number;
  readonly starvationLimit: number;
  readonly retention: EngineRetention;
  /** Envelopes kept in memory beside the disk, all mailboxes together. */
  readonly envelopeCacheBytes: number;
}

export type EngineErrorCode =
  | 'sequence_conflict'
  | 'duplicate_message'
  | 'mailbox_full'
  /** Another process has the data open. */
  | 'locked'
  /** The data was written by a newer version of this software. */
  | 'newer_schema'
  /** The data is not what this software wrote. */
  | 'corrupt'
  /** The data is sealed with another key than the one given, or with none where one is given, or the other way round. */
  | 'wrong_key'
  /** `SessionListQuery.after` is not the `next` of any page. */
  | 'invalid_cursor'
  | 'closed'
  | 'failed';

/** The one error an engine throws. `facts` are numbers and names that a caller can act on. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { facts?: Readonly<Record<string, string | number>>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }
}
