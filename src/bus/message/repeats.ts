import type { MessageRecord } from '../../engine/engine.ts';
import { BusError } from '../bus-error.ts';
import type { EnvelopeHead } from './incoming.ts';

/** A message that was accepted before another one of the same name came. */
export interface Earlier {
  readonly fingerprint: Uint8Array;
  readonly acceptedAt: number;
  /** Agents whose mailboxes it went to. */
  readonly recipients: readonly string[];
}

/**
 * What the record knows of a message that was accepted before. Of a request it also has the copies of later attempts, so
 * that its tasks tell whom it went to: `asked`.
 */
export function earlierFrom(records: readonly MessageRecord[], asked: readonly string[] = []): Earlier | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  const { fingerprint, acceptedAt } = first;
  // A mailbox has another record of a message that came back from the dead letters.
  const mailboxes = [...new Set(records.map(({ recipient }) => recipient))].filter((recipient) => recipient !== '');
  return { fingerprint, acceptedAt, recipients: asked.length > 0 ? asked : mailboxes };
}

/** Throws MESSAGE_ID_REUSED unless a message is a repeat of the one of its name that was accepted before. */
export function requireRepeat({ sender, messageId }: EnvelopeHead, fingerprint: Uint8Array, earlier: Earlier): void {
  if (Buffer.compare(earlier.fingerprint, fingerprint) === 0) return;
  throw new BusError('MESSAGE_ID_REUSED', `${sender} sent another message as ${messageId} before`, {
    sender,
    message_id: messageId,
  });
}
