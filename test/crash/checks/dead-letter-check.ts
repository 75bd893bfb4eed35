import type { DeadLetter } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Ledger } from '../ledger/ledger.ts';
import { confirmedSettlement, type MessageFacts, maySettled, nameOf } from '../ledger/message-facts.ts';
import type { Violation } from '../ledger/violation.ts';
import { isWhatWasSent } from '../workload/message-content.ts';

/**
 * Compares the dead letters that the bus lists with the messages whose state is DEAD_LETTERED: each is in the list of its
 * mailbox, once, with what was sent, and nothing else is.
 */
export function checkDeadLetters(
  listed: readonly DeadLetter[],
  dead: ReadonlySet<MessageFacts>,
  ledger: Ledger,
): Violation[] {
  const violations: Violation[] = [];
  const found = new Set<MessageFacts>();
  for (const { agentId, message: envelope, attempts, reason } of listed) {
    const name = { sender: envelope?.sender?.agentId ?? '', messageId: envelope?.messageId ?? '' };
    const subject = nameOf(name);
    const message = ledger.message(name);
    if (envelope === undefined || message?.recipient !== agentId) {
      const text = `a dead letter of ${agentId} was never sent to it`;
      violations.push({ kind: 'message from nowhere', text, subject });
      continue;
    }
    const evidence = { message, attempts, reason };
    if (!isWhatWasSent(message, envelope))
      violations.push({
        kind: 'message altered',
        text: 'its dead letter has other content than was sent',
        subject,
        evidence,
      });
    if (!dead.has(message))
      violations.push({
        kind: 'wrong end',
        text: 'listed as a dead letter, and its state is another',
        subject,
        evidence,
      });
    if (confirmedSettlement(message, 'purge'))
      violations.push({ kind: 'wrong end', text: 'listed, though it was purged', subject, evidence });
    if (found.has(message))
      violations.push({ kind: 'wrong end', text: 'there are two dead letters of it', subject, evidence });
    found.add(message);
  }
  for (const message of dead) {
    // Somebody purged it, or may have.
    if (found.has(message) || maySettled(message, 'purge')) continue;
    const text = 'its state is DEAD_LETTERED, and it is in no list of dead letters';
    violations.push({ kind: 'message lost', text, subject: nameOf(message), evidence: message });
  }
  return violations;
}
