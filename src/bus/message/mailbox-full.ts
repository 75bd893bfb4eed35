import { BusError } from '../bus-error.ts';

/** What was to go into a mailbox, and what stood against it. */
export interface FullMailbox {
  readonly bound: string;
  readonly limit: number;
  readonly actual: number;
}

/** The error for a sender whose recipient has no room. */
export function mailboxFull(agentId: string, { bound, limit, actual }: FullMailbox): BusError {
  const facts = { agent_id: agentId, bound, limit, actual };
  return new BusError('MAILBOX_FULL', `the mailbox of ${agentId} is full: it may hold ${limit} ${bound}`, facts);
}
