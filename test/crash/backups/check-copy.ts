import { attemptedBefore, confirmedBefore } from '../ledger/asked.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type MessageFacts, nameOf, type SettlementFact } from '../ledger/message-facts.ts';
import type { SessionFacts } from '../ledger/session-facts.ts';
import type { Violation, ViolationKind } from '../ledger/violation.ts';
import type { BackupMoment } from './backup-moment.ts';
import type { CopiedMessage, Copy } from './read-copy.ts';

interface Finding {
  readonly kind: ViolationKind;
  readonly text: string;
}

/**
 * Holds a restored copy to what the clients knew around the time of the backup: everything that was confirmed before it began
 * is there, nothing that was asked for after its end is, and what lies between may be there or not.
 */
export function checkCopy(copy: Copy, moment: BackupMoment, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const message of ledger.messages()) {
    for (const finding of checkMessage(message, copy.messages.get(nameOf(message)), moment))
      violations.push({ ...finding, subject: nameOf(message), evidence: { moment: summary(moment), message } });
  }
  for (const session of ledger.sessions.values()) {
    for (const finding of checkSession(session, copy.sessions.get(session.sessionId) ?? [], moment))
      violations.push({ ...finding, subject: session.sessionId, evidence: { moment: summary(moment), session } });
  }
  return violations;
}

function* checkMessage(
  message: MessageFacts,
  copied: CopiedMessage | undefined,
  { began, ended }: BackupMoment,
): Iterable<Finding> {
  if (copied === undefined) {
    if (message.sends.some((send) => confirmedBefore(send, began)))
      yield { kind: 'message lost', text: 'accepted before the backup began, and not in it' };
    return;
  }
  const { state } = copied;
  const confirmed = (kind: SettlementFact['kind']): boolean =>
    message.settlements.some((one) => one.kind === kind && confirmedBefore(one, began));
  if (!message.sends.some((send) => attemptedBefore(send, ended)))
    yield { kind: 'message from nowhere', text: 'in the backup, and sent after its end' };
  if (state === 'waits' && confirmed('acknowledge'))
    yield {
      kind: 'acknowledged message redelivered',
      text: 'acknowledged before the backup began, and it waits in it',
    };
  const mayBeDeliveredAgain = message.settlements.some(
    (one) => one.kind === 'redeliver' && attemptedBefore(one, ended),
  );
  if (state === 'waits' && confirmed('drop') && !mayBeDeliveredAgain)
    yield { kind: 'dropped message redelivered', text: 'dropped before the backup began, and it waits in it' };
  const mayBeAcknowledged = message.settlements.some(
    (one) => one.kind === 'acknowledge' && attemptedBefore(one, ended),
  );
  if (state === 'acknowledged' && !mayBeAcknowledged)
    yield { kind: 'message lost', text: 'acknowledged in the backup, and by nobody before its end' };
}

function* checkSession(
  { sessionId, events: known }: SessionFacts,
  copied: NonNullable<ReturnType<Copy['sessions']['get']>>,
  { lastSequences }: BackupMoment,
): Iterable<Finding> {
  for (const [index, { sequence, fact }] of copied.entries()) {
    if (sequence !== index + 1) {
      yield { kind: 'sequence broken', text: `event ${index + 1} is missing in the backup` };
      return;
    }
    const seen = known.get(sequence);
    if (seen !== undefined && seen.digest !== fact.digest)
      yield { kind: 'event changed', text: `event ${sequence} was ${seen.kind}, and is ${fact.kind} in the backup` };
  }
  const expected = lastSequences.get(sessionId) ?? 0;
  if (copied.length < expected)
    yield {
      kind: 'session went back',
      text: `${expected} events were known before the backup, ${copied.length} are in it`,
    };
}

/** Without the sequences of all sessions, which say nothing about one. */
function summary({ began, ended }: BackupMoment): Pick<BackupMoment, 'began' | 'ended'> {
  return { began, ended };
}
