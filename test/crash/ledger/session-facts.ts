import type { Asked } from './asked.ts';

/** Everything that the clients know of one session. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly orchestrator: string;
  readonly changes: ChangeFact[];
  /** What was seen of each event, by sequence: a digest of its encoded bytes, and what the checks read of it. */
  readonly events: Map<number, EventFact>;
  /** The highest last_sequence that any answer or event named: what was seen once stays. */
  lastSequence: number;
  /** Whether it has ended, all of it was seen, and the checks have looked at all of it. */
  settled: boolean;
}

export interface EventFact {
  readonly digest: string;
  /** The name of its body: `taskDelegated`. */
  readonly kind: string;
  /** What tells it from others of its kind: the task, the message, the patch. */
  readonly subject: string;
  /** The revision that a change of the shared context led to; 0 for all other events. */
  readonly revision: number;
}

/** A change that a client asked for. */
export interface ChangeFact extends Asked {
  /** The name of the event that it is to become. */
  readonly kind: ChangeKind;
  /** As in {@link EventFact}. */
  readonly subject: string;
  /** For `context`: the revision that it was made for. */
  readonly expectedRevision?: number;
}

export type ChangeKind =
  | 'sessionCreated'
  | 'taskDelegated'
  | 'taskCompleted'
  | 'sharedContextUpdated'
  | 'sessionCompleted';

export function newSessionFacts(sessionId: string, orchestrator: string): SessionFacts {
  return { sessionId, orchestrator, changes: [], events: new Map(), lastSequence: 0, settled: false };
}
