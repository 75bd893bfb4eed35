import type { ChangeFact, ChangeKind, EventFact, SessionFacts } from '../ledger/session-facts.ts';
import type { Violation, ViolationKind } from '../ledger/violation.ts';

/** Changes that happen because a client asked for them, and not otherwise. */
const ASKED_FOR: ReadonlySet<string> = new Set<ChangeKind>([
  'sessionCreated',
  'taskDelegated',
  'taskCompleted',
  'sharedContextUpdated',
  'sessionCompleted',
]);

/**
 * Compares what clients asked of a session with the events that were seen of it. Whether something is missing can be said once
 * the end of the session was seen; whether something is there that nobody asked for, at any moment.
 */
export function checkSession(session: SessionFacts): Violation[] {
  const events = [...session.events].toSorted(([one], [other]) => one - other);
  const found = [
    ...checkSequence(session, events),
    ...checkCaused(session, events),
    ...checkRevisions(session, events),
  ];
  if (events.at(-1)?.[1].kind === 'sessionCompleted') {
    found.push(...checkPresent(session, events));
    session.settled = found.length === 0;
  }
  return found.map(({ kind, text }) => ({ kind, text, subject: session.sessionId, evidence: evidenceOf(session) }));
}

interface Finding {
  readonly kind: ViolationKind;
  readonly text: string;
}
type Numbered = readonly [sequence: number, event: EventFact];

function* checkSequence({ lastSequence }: SessionFacts, events: readonly Numbered[]): Iterable<Finding> {
  for (const [index, [sequence]] of events.entries()) {
    if (sequence === index + 1) continue;
    yield { kind: 'sequence broken', text: `event ${index + 1} is missing before event ${sequence}` };
    return;
  }
  const end = events.findIndex(([, { kind }]) => kind === 'sessionCompleted');
  if (end >= 0 && end !== events.length - 1)
    yield { kind: 'sequence broken', text: 'there are events after the end of the session' };
  if (end >= 0 && lastSequence > events.length)
    yield {
      kind: 'sequence broken',
      text: `last_sequence was ${lastSequence}, and the session ended with ${events.length}`,
    };
}

/** Every event has somebody who asked for it, and none happened twice. */
function* checkCaused(session: SessionFacts, events: readonly Numbered[]): Iterable<Finding> {
  const kind = 'change from nowhere';
  const seen = new Set<string>();
  for (const [sequence, event] of events) {
    if (!ASKED_FOR.has(event.kind)) continue;
    const key = `${event.kind} ${event.subject}`;
    if (!session.changes.some((change) => isCauseOf(change, event)))
      yield { kind, text: `event ${sequence} (${key}) was asked for by nobody, or was refused` };
    if (seen.has(key)) yield { kind, text: `event ${sequence} (${key}) is there twice` };
    seen.add(key);
  }
}

/** Revisions count up by one, and a change that was made for a revision follows that one. */
function* checkRevisions(session: SessionFacts, events: readonly Numbered[]): Iterable<Finding> {
  let revision = 1;
  for (const [sequence, event] of events) {
    if (event.kind !== 'sharedContextUpdated') continue;
    revision++;
    if (event.revision !== revision)
      yield { kind: 'sequence broken', text: `event ${sequence} has revision ${event.revision}, not ${revision}` };
    const causes = session.changes.filter((change) => isCauseOf(change, event));
    if (causes.length > 0 && !causes.some(({ expectedRevision }) => expectedRevision === revision - 1))
      yield { kind: 'change from nowhere', text: `event ${sequence} was not asked for at revision ${revision - 1}` };
  }
}

function* checkPresent(session: SessionFacts, events: readonly Numbered[]): Iterable<Finding> {
  for (const change of session.changes) {
    if (change.confirmed === undefined) continue;
    if (!events.some(([, event]) => isEffectOf(change, event)))
      yield { kind: 'change missing', text: `${change.kind} ${change.subject} was confirmed and is no event` };
  }
}

/** An answer to a task that had ended meanwhile is kept as one that changed nothing. */
function isEffectOf({ kind, subject }: ChangeFact, event: EventFact): boolean {
  const kinds: readonly string[] = kind === 'taskCompleted' ? [kind, 'taskResponseIgnored'] : [kind];
  return kinds.includes(event.kind) && event.subject === subject;
}

function isCauseOf(change: ChangeFact, event: EventFact): boolean {
  return change.kind === event.kind && change.subject === event.subject && change.refused === undefined;
}

function evidenceOf({ changes, events, lastSequence }: SessionFacts): unknown {
  return { lastSequence, changes, events: Object.fromEntries(events) };
}
