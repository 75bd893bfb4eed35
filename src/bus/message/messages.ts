import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { Engine, MessageRecord, NewMessage } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { MESSAGE_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { type Caller, requireSpeaker } from '../caller.ts';
import type { BusObserver } from '../observer.ts';
import { requireActive } from '../session/commands.ts';
import type { OpenDraft } from '../session/draft.ts';
import type { LiveSession } from '../session/live-session.ts';
import { requireSpeakingMember, sessionNotFound } from '../session/session-access.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { createTasks } from '../session/task-map.ts';
import { looseSessionCreated, looseSessionId } from '../task/loose-tasks.ts';
import type { OpenTasks } from '../task/open-tasks.ts';
import { requireParent } from '../task/parent.ts';
import { tasksOfMessage } from '../task/task-names.ts';
import { decideMessage, plainMail, requireOneAnswer, type Sending } from './decide-message.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type EnvelopeHead, type IncomingMessage, isTaskRequest } from './incoming.ts';
import { createKnownMessages, type KnownMessage } from './known-messages.ts';
import { mailboxFull } from './mailbox-full.ts';
import { createPlainSends } from './plain-sends.ts';
import type { Receipts } from './receipts.ts';
import { type Directory, recipientsOf, requireReachable } from './recipients.ts';
import { earlierFrom, requireRepeat } from './repeats.ts';
import { tagOf } from './tags.ts';
import type { SendTraces } from './trace-sends.ts';
import { createTurns } from './turns.ts';

/** Sending, as agents and scripts do it. */
export interface Messages {
  /**
   * Accepts a message for its recipients' mailboxes and, if it names a session, records it there;
   * resolves when all of it is durable. Does not wait for the recipients.
   *
   * Rejects with a BusError: AGENT_NOT_ALLOWED, SESSION_NOT_FOUND, SESSION_ENDED, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND,
   * TASK_ENDED, MESSAGE_ID_REUSED, TASK_ID_TAKEN, MAILBOX_FULL, MESSAGE_TOO_LARGE, LIMIT_REACHED, WORKFLOW_INVALID,
   * FIELD_INVALID.
   */
  send(caller: Caller, message: IncomingMessage): Promise<SendOutcome>;
  /**
   * The same for messages that came together and have nothing else to do with each other: in their order, each accepted
   * or refused by itself. `done` is called once, with a result for each by its place, when all are durable or refused, and
   * not before this returns; they must not be changed until then. Never throws. For whoever has many at a time: costs
   * no promise and no closure for each.
   */
  sendAll(caller: Caller, messages: readonly IncomingMessage[], done: SentAll): void;
  /** Where the copies of a message are, oldest first; at least one. Rejects: AGENT_NOT_ALLOWED, MESSAGE_NOT_FOUND. */
  status(caller: Caller, query: { sender: string; messageId: string }): Promise<MessageRecord[]>;
}

export interface SendOutcome {
  readonly messageId: string;
  /** It was on disk already. */
  readonly duplicate: boolean;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** Agents whose mailboxes it went to. */
  readonly recipients: readonly string[];
}

/** Takes what became of the messages of `sendAll`, each by its place. */
export type SentAll = (results: readonly SendResult[]) => void;

/** What became of one message of `sendAll`. */
export type SendResult = SendOutcome | FailedSend;

export interface FailedSend {
  /** What `send` would have rejected with. */
  readonly error: unknown;
}

export interface MessagesOptions {
  readonly engine: Pick<Engine, 'journal' | 'messages' | 'mailboxes'>;
  readonly registry: SessionRegistry;
  readonly openDraft: OpenDraft;
  readonly directory: Directory;
  readonly openTasks: OpenTasks;
  readonly receipts: Pick<Receipts, 'queued'>;
  readonly traces: SendTraces;
  /** Whether a call waits for the end of a task. */
  isAwaited(task: Task): boolean;
  readonly clock: Clock;
  readonly observer: BusObserver;
  /** How long a message that does not say may wait for its recipient; absent means as long as it takes. */
  readonly defaultMessageTtlMs?: number;
}

export function createMessages(options: MessagesOptions): Messages {
  const { engine, registry, openDraft, directory, openTasks, receipts, traces, isAwaited, clock, observer } = options;
  const known = createKnownMessages();
  const turns = createTurns();

  /** Decides and hands to the journal, without a pause in between: nothing can change meanwhile. */
  function accept(message: IncomingMessage, fingerprint: Uint8Array, live?: LiveSession): KnownMessage {
    const { head } = message;
    const now = clock.now();
    // Outside of sessions a task's own log names its delegator, who can be answered whether it is registered or not.
    const session = head.sessionId === '' && isTaskRequest(head) ? undefined : live?.decided;
    const recipients = recipientsOf(head, session, directory);
    requireFuture(head, now);
    requireOneAnswer(message, recipients);
    for (const fallback of isTaskRequest(head) ? head.fallbackAgents : [])
      requireReachable(fallback, session, { directory, membersOnly: true });
    const parent = requireParent(head, { live, openTasks });
    const defaultTtlMs = options.defaultMessageTtlMs;
    const sending = { message, fingerprint, recipients, now, defaultTtlMs, parent, isAwaited };
    return { fingerprint, acceptedAt: now, ...write(sending, live) };
  }

  function write(sending: Sending, live: LiveSession | undefined): Pick<KnownMessage, 'recipients' | 'written'> {
    const { message, recipients, parent } = sending;
    const { sender, messageId } = message.head;
    const origin = { actor: sender, cause: messageId };
    if (live === undefined && !isTaskRequest(message.head)) {
      const mail = plainMail(sending);
      requireRoom(mail);
      return { recipients, written: engine.journal.commit({ messages: [mail] }) };
    }
    const sessionId = looseSessionId(sender, messageId);
    const draft = openDraft(live ?? { sessionId, decided: undefined, tasks: createTasks() });
    if (live === undefined) {
      draft.add(looseSessionCreated({ sessionId, delegator: sender, parent: parent?.live.sessionId, now: draft.now }));
    }
    const mail = decideMessage(draft, sending);
    // Only now is it known who gets it: an answer that somebody waits for needs no room in a mailbox.
    requireRoom(mail);
    const written =
      live === undefined
        ? registry.begin(sessionId, draft.change(), origin).written
        : registry.append(live, draft.change(), origin);
    return { recipients: mail.recipients, written };
  }

  function requireRoom({ recipients, envelope }: NewMessage): void {
    const bytes = envelope.length;
    const actual = recipients.length * bytes;
    const limit = MESSAGE_LIMITS.maxBroadcastBytes;
    if (recipients.length > 1 && actual > limit) {
      const message = `the copies of the message have ${actual} bytes together; ${limit} are allowed`;
      throw new BusError('MESSAGE_TOO_LARGE', message, { limit, actual });
    }
    for (const recipient of recipients) {
      const room = engine.mailboxes.admit(recipient, bytes);
      if (!room.ok) throw mailboxFull(recipient, room);
    }
  }

  async function repeatOf(head: EnvelopeHead, fingerprint: Uint8Array, before: KnownMessage): Promise<SendOutcome> {
    requireRepeat(head, fingerprint, before);
    await before.written;
    observer.duplicate?.();
    const { acceptedAt, recipients } = before;
    return { messageId: head.messageId, duplicate: true, acceptedAt, recipients };
  }

  /** For any message: looks whether it is a repeat, and waits for its turn before it is decided. */
  async function sendLong(caller: Caller, message: IncomingMessage): Promise<SendOutcome> {
    const { head } = message;
    requireSpeaker(caller, head.sender);
    requireSupported(message);
    const fingerprint = fingerprintOf(message.bytes);
    const turn = turns.take(head.sender);
    const endSend = known.beginSend();
    try {
      // What the sender sent the short way before is asked of the record, which has it when it is durable.
      if (plainSends.underWay(head.sender)) await engine.journal.flush();
      const scope = scopeOf(head);
      const [[records = []], live] = await Promise.all([
        engine.messages.find([head]),
        scope === undefined ? undefined : registry.load(scope),
        turn.arrived,
      ]);
      const before = known.get(head) ?? recorded(records, live && askedBy(head, live));
      if (before !== undefined) {
        turn.done();
        return await repeatOf(head, fingerprint, before);
      }
      if (head.sessionId !== '') requireSession(head, live);
      const accepted = traces.route(message, () => accept(message, fingerprint, live));
      known.add(head, accepted);
      turn.done();
      const { recipients, acceptedAt, written } = accepted;
      const tag = tagOf({ isTask: false, receipts: head.receipts });
      receipts.queued({ sender: head.sender, messageId: head.messageId, recipients, tag, acceptedAt }, written);
      await written;
      observer.accepted?.(1);
      return { messageId: head.messageId, duplicate: false, acceptedAt, recipients };
    } finally {
      turn.done();
      endSend();
    }
  }

  const tracedSend = (caller: Caller, message: IncomingMessage): Promise<SendOutcome> =>
    traces.send(message, () => sendLong(caller, message));

  const plainSends = createPlainSends({
    engine,
    turns,
    directory,
    clock,
    observer,
    defaultTtlMs: options.defaultMessageTtlMs,
    sendLong,
  });
  const isPlain = (caller: Caller, message: IncomingMessage): boolean =>
    !traces.enabled && plainSends.takes(caller, message);

  function sendAll(caller: Caller, messages: readonly IncomingMessage[], done: SentAll): void {
    const results: SendResult[] = new Array(messages.length);
    // One more than there are, so that it is not over before it has begun.
    let open = 1;
    const end = (): void => {
      open--;
      if (open === 0) done(results);
    };
    const sendPlain = (from: number, to: number): void => {
      if (from === to) return;
      open++;
      plainSends.send({ caller, messages, from, to }, results, end);
    };
    let from = 0;
    for (let place = 0; place < messages.length; place++) {
      const message = messages[place] as IncomingMessage;
      if (isPlain(caller, message)) continue;
      // What is in front of it goes first. It has its turn from here on, so what its sender sends behind it follows it.
      sendPlain(from, place);
      from = place + 1;
      open++;
      const sent = (result: SendResult): void => {
        results[place] = result;
        end();
      };
      tracedSend(caller, message).then(sent, (error: unknown) => sent({ error }));
    }
    sendPlain(from, messages.length);
    queueMicrotask(end);
  }

  return {
    async send(caller, message) {
      if (!isPlain(caller, message)) return await tracedSend(caller, message);
      return await new Promise((resolve, reject) => {
        sendAll(caller, [message], ([result]) => {
          if (result === undefined || 'error' in result) reject(result?.error);
          else resolve(result);
        });
      });
    },
    sendAll,
    async status(caller, { sender, messageId }) {
      requireSpeaker(caller, sender);
      const [records = []] = await engine.messages.find([{ sender, messageId }]);
      if (records.length > 0) return records;
      throw new BusError('MESSAGE_NOT_FOUND', `${sender} sent no message ${messageId} that is still on record`, {
        sender,
        message_id: messageId,
      });
    },
  };
}

/** The log that a message belongs to: its session's, or that of the task outside of sessions which it makes or means. */
function scopeOf({
  sessionId,
  sender,
  messageId,
  messageType,
  correlationId,
  recipient,
}: EnvelopeHead): string | undefined {
  if (sessionId !== '') return sessionId;
  switch (messageType) {
    case MessageType.TASK_REQUEST:
      return looseSessionId(sender, messageId);
    case MessageType.TASK_RESPONSE:
    case MessageType.STATUS_UPDATE:
      return recipient.case === 'agentId' ? looseSessionId(recipient.value, correlationId) : undefined;
    default:
      return undefined;
  }
}

/** What the record of messages knows of one that was accepted before. */
function recorded(records: readonly MessageRecord[], asked?: readonly string[]): KnownMessage | undefined {
  const earlier = earlierFrom(records, asked);
  return earlier && { ...earlier, written: Promise.resolve() };
}

/** The agents that a request asked first, in the order of its tasks; none if the message is no request. */
function askedBy({ sender, messageId }: EnvelopeHead, { tasks }: LiveSession): string[] {
  const theirs = [...tasksOfMessage(tasks, messageId)].filter(({ delegator }) => delegator === sender);
  return theirs.map(({ requestedAssignee }) => requestedAssignee);
}

/** The sender must be a member itself: that the key may see the session is not enough. */
function requireSession(head: EnvelopeHead, live: LiveSession | undefined): void {
  if (live === undefined) throw sessionNotFound(head.sessionId);
  requireSpeakingMember(head.sender, live.decided);
  requireActive(live.decided);
}

/** What needs no look at anything but the message. */
function requireSupported({ head, bytes }: IncomingMessage): void {
  const limit = MESSAGE_LIMITS.maxEnvelopeBytes;
  if (bytes.length > limit) {
    const facts = { limit, actual: bytes.length };
    throw new BusError('MESSAGE_TOO_LARGE', `the envelope has ${bytes.length} bytes; ${limit} are allowed`, facts);
  }
  const answers = head.messageType === MessageType.TASK_RESPONSE || head.messageType === MessageType.STATUS_UPDATE;
  if (!answers || head.correlationId !== '') return;
  throw new BusError('FIELD_INVALID', `a ${MessageType[head.messageType]} names its task in correlation_id`, {
    field: 'message.correlation_id',
    rule: 'required',
  });
}

function requireFuture({ expiresAt }: EnvelopeHead, now: number): void {
  if (expiresAt === undefined || expiresAt > now) return;
  throw new BusError('FIELD_INVALID', 'routing.expires_at has passed', {
    field: 'message.routing.expires_at',
    rule: 'timestamp.gt_now',
    bound: new Date(now).toISOString(),
  });
}
