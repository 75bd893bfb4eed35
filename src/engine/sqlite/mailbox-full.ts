import type { MailboxRoom } from '../engine.ts';
import { EngineError } from '../engine.ts';

/** Says which bound of a mailbox stands against what was to go into it. */
export function mailboxFull(agentId: string, { bound, limit, actual }: MailboxRoom & { ok: false }): EngineError {
  const text = `the mailbox of ${agentId} would hold ${actual} ${bound}, and may hold ${limit}`;
  return new EngineError('mailbox_full', text, { facts: { agentId, bound, limit, actual } });
}
