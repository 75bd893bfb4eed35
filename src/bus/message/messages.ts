import { createHash } from 'node:crypto';
import { DeliveryMode, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Engine, MessageRecord, NewMessage } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { MESSAGE_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { type Caller, requireSpeaker } from '../caller.ts';
import { notImplemented } from '../not-implemented.ts';
import type { BusObserver } from '../observer.ts';
import { membersOf, requireActive } from '../session/commands.ts';
import type { LiveSession } from '../session/live-session.ts';
import { requireSpeakingMember, sessionNotFound } from '../session/session-access.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { EnvelopeHead, IncomingMessage } from './incoming.ts';
import { createKnownMessages, type KnownMessage } from './known-messages.ts';
import { eventOfMessage } from './task-events.ts';
import { createTurns } from './turns.ts';

/** Sending, as agents and scripts do it. */
export interface Messages {
  /**
   * Accepts a message for its recipient's mailbox and, if it names a session, records it there;
   * resolves when both are durable. Does not wait for the recipient.
   *
   * Rejects with a BusError: AGENT_NOT_ALLOWED, SESSION_NOT_FOUND, SESSION_ENDED, RECIPIENT_NOT_FOUND,
   * MESSAGE_ID_REUSED, TASK_ID_TAKEN, MAILBOX_FULL, MESSAGE_TOO_LARGE, FIELD_INVALID (expires_at in the past),
   * NOT_IMPLEMENTED.
   */
  send(caller: Caller, message: IncomingMessage): Promise<SendOutcome>;
  /** Where a message is. Rejects: AGENT_NOT_ALLOWED, MESSAGE_NOT_FOUND. */
  status(caller: Caller, query: { sender: string; messageId: string }): Promise<MessageRecord>;
}

export interface SendOutcome {
  readonly messageId: string;
  /** It was on disk already. */
  readonly duplicate: boolean;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

export interface MessagesOptions {
  readonly engine: Pick<Engine, 'journal' | 'messages' | 'mailboxes'>;
  readonly registry: SessionRegistry;
  /** Whether an agent is registered. */
  isRegistered(agentId: string): boolean;
  readonly clock: Clock;
  readonly observer: BusObserver;
  /** How long a message that does not say may wait for its recipient; absent means as long as it takes. */
  readonly defaultMessageTtlMs?: number;
}

export function createMessages(options: MessagesOptions): Messages {
  const { engine, registry, clock, observer } = options;
  const known = createKnownMessages();
  const turns = createTurns();

  /** Decides and hands to the journal, without a pause in between: nothing can change meanwhile. */
  function accept(message: IncomingMessage, fingerprint: Uint8Array, live?: LiveSession): KnownMessage {
    const { head } = message;
    const acceptedAt = clock.now();
    const recipient = requireRecipient(head, live);
    requireFuture(head, acceptedAt);
    const body = live && eventOfMessage(live, { message, recipient, now: acceptedAt });
    requireRoom(recipient, message.bytes.length);
    const expiresAt = head.expiresAt ?? (options.defaultMessageTtlMs && acceptedAt + options.defaultMessageTtlMs);
    const newMessage: NewMessage = {
      sender: head.sender,
      messageId: head.messageId,
      fingerprint,
      recipient,
      priority: head.priority,
      acceptedAt,
      envelope: message.bytes,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const written =
      live && body
        ? registry.append(live, [body], { actor: head.sender, cause: head.messageId, message: newMessage })
        : engine.journal.commit({ message: newMessage });
    return { fingerprint, acceptedAt, written };
  }

  function requireRecipient(head: EnvelopeHead, live: LiveSession | undefined): string {
    const { recipient } = head;
    if (recipient.case !== 'agentId') throw notImplemented(`recipient.${recipient.case ?? 'target'}`);
    const isKnown =
      options.isRegistered(recipient.value) || (live && membersOf(live.decided).includes(recipient.value));
    if (isKnown) return recipient.value;
    throw new BusError('RECIPIENT_NOT_FOUND', `${recipient.value} is neither registered nor in the session`, {
      agent_id: recipient.value,
    });
  }

  function requireRoom(recipient: string, bytes: number): void {
    const room = engine.mailboxes.admit(recipient, bytes);
    if (room.ok) return;
    const { bound, limit, actual } = room;
    const facts = { agent_id: recipient, bound, limit, actual };
    throw new BusError('MAILBOX_FULL', `the mailbox of ${recipient} is full: it may hold ${limit} ${bound}`, facts);
  }

  async function repeatOf(
    head: EnvelopeHead,
    fingerprint: Uint8Array,
    before: KnownMessage | MessageRecord,
  ): Promise<SendOutcome> {
    if (Buffer.compare(before.fingerprint, fingerprint) !== 0) {
      throw new BusError('MESSAGE_ID_REUSED', `${head.sender} sent another message as ${head.messageId} before`, {
        sender: head.sender,
        message_id: head.messageId,
      });
    }
    if ('written' in before) await before.written;
    observer.duplicate?.();
    return { messageId: head.messageId, duplicate: true, acceptedAt: before.acceptedAt };
  }

  return {
    async send(caller, message) {
      const { head } = message;
      requireSpeaker(caller, head.sender);
      requireSupported(message);
      const fingerprint = createHash('sha256').update(message.bytes).digest().subarray(0, 16);
      const turn = turns.take(head.sender);
      const endSend = known.beginSend();
      try {
        const [[record], live] = await Promise.all([
          engine.messages.find([head]),
          head.sessionId === '' ? undefined : registry.load(head.sessionId),
          turn.arrived,
        ]);
        const before = known.get(head) ?? record;
        if (before !== undefined) {
          turn.done();
          return await repeatOf(head, fingerprint, before);
        }
        if (head.sessionId !== '') requireSession(head, live);
        const accepted = accept(message, fingerprint, live);
        known.add(head, accepted);
        turn.done();
        await accepted.written;
        observer.accepted?.();
        return { messageId: head.messageId, duplicate: false, acceptedAt: accepted.acceptedAt };
      } finally {
        turn.done();
        endSend();
      }
    },
    async status(caller, { sender, messageId }) {
      requireSpeaker(caller, sender);
      const [record] = await engine.messages.find([{ sender, messageId }]);
      if (record !== undefined) return record;
      throw new BusError('MESSAGE_NOT_FOUND', `${sender} sent no message ${messageId} in the last 24 hours`, {
        sender,
        message_id: messageId,
      });
    },
  };
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
  if (head.deliveryMode === DeliveryMode.SYNC) throw notImplemented('DELIVERY_MODE_SYNC');
  if (head.wantsReceipts) throw notImplemented('routing.receipts');
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
