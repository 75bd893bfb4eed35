import { createHash } from 'node:crypto';
import { toBinary } from '@bufbuild/protobuf';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { AgentbusError } from '../../../src/client/errors.ts';
import { isUnknown } from '../ledger/asked.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ChangeFact, EventFact, SessionFacts } from '../ledger/session-facts.ts';
import { leavesOpen } from './sender.ts';

/** An event as the ledger keeps it. */
export function eventFact(event: SessionEvent): EventFact {
  const digest = createHash('sha256').update(toBinary(SessionEventSchema, event)).digest('base64url').slice(0, 16);
  const kind = event.body.case ?? 'none';
  return { digest, kind, subject: subjectOf(event), revision: revisionOf(event) };
}

function subjectOf({ body }: SessionEvent): string {
  switch (body.case) {
    case 'taskDelegated':
      return body.value.task?.taskId ?? '';
    case 'taskCompleted':
    case 'taskResponseIgnored':
      return body.value.taskId;
    case 'sharedContextUpdated':
      return body.value.change.case === 'mergePatch' ? Object.keys(body.value.change.value).join() : 'whole';
    default:
      return '';
  }
}

function revisionOf({ body }: SessionEvent): number {
  return body.case === 'sharedContextUpdated' ? Number(body.value.contextRevision) : 0;
}

/** Enters an event that somebody saw. One that was seen before must be the same. */
export function recordEvent(ledger: Ledger, session: SessionFacts, event: SessionEvent): void {
  const sequence = Number(event.sequence);
  const fact = eventFact(event);
  const known = session.events.get(sequence);
  if (known !== undefined && known.digest !== fact.digest) {
    const text = `event ${sequence} was ${known.kind} ${known.digest} and is ${fact.kind} ${fact.digest}`;
    ledger.report({ kind: 'event changed', text, subject: session.sessionId, evidence: { known, event } });
  }
  if (known === undefined) session.events.set(sequence, fact);
  session.lastSequence = Math.max(session.lastSequence, sequence);
}

/** Asks for something whose answer is the session, which must not be older than it was known to be before. */
export async function askForSession(
  ledger: Ledger,
  facts: SessionFacts,
  call: () => Promise<{ session?: Session | undefined }>,
): Promise<Session> {
  const known = facts.lastSequence;
  const { session } = await call();
  if (session === undefined) throw new Error('the answer has no session');
  const sequence = Number(session.lastSequence);
  if (sequence < known) {
    const text = `last_sequence was ${known} and is ${sequence}`;
    ledger.report({ kind: 'session went back', text, subject: facts.sessionId });
  }
  facts.lastSequence = Math.max(facts.lastSequence, sequence);
  return session;
}

export interface Change<Answer> {
  readonly kind: ChangeFact['kind'];
  readonly subject: string;
  readonly expectedRevision?: number;
  /** Reasons which say that it was done before: an earlier try without an answer took effect. */
  readonly doneBefore: readonly string[];
  call(): Promise<Answer>;
}

/**
 * Asks for a change and enters what comes of it. Returns undefined if it was refused; throws if the outcome is unknown.
 * An answer that says "done before" confirms the try that had no answer; if there is none, it is a refusal.
 */
export async function askForChange<Answer>(
  ledger: Ledger,
  session: SessionFacts,
  change: Change<Answer>,
): Promise<Answer | 'done before' | AgentbusError> {
  const { kind, subject, expectedRevision, doneBefore } = change;
  const earlier = session.changes.filter((one) => one.kind === kind && one.subject === subject && isUnknown(one));
  const details = { kind, subject, ...(expectedRevision !== undefined && { expectedRevision }) };
  const fact: ChangeFact = ledger.ask(details);
  session.changes.push(fact);
  try {
    const answer = await change.call();
    ledger.confirm(fact);
    return answer;
  } catch (thrown) {
    const error = AgentbusError.from(thrown);
    if (leavesOpen(error)) throw thrown;
    ledger.refuse(fact);
    if (!doneBefore.includes(error.reason ?? '') || earlier.length === 0) return error;
    return 'done before';
  }
}
