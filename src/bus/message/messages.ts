import type { MessageRecord } from '../../engine/engine.ts';
import type { Caller } from '../caller.ts';
import type { IncomingMessage } from './incoming.ts';

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
