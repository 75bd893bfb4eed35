import type { Ledger } from '../ledger/ledger.ts';

/** The stretch of time in which a backup was made, as the ledger counts it: the moment of its data is somewhere in between. */
export interface BackupMoment {
  /** Order number before it began: what was confirmed until then is in it. */
  readonly began: number;
  /** Order number after its end: what was asked for later is not in it. */
  ended: number;
  /** The newest event that was known of each session when it began. */
  readonly lastSequences: ReadonlyMap<string, number>;
}

/** A moment that begins now. */
export function beginMoment(ledger: Ledger): BackupMoment {
  const lastSequences = new Map([...ledger.sessions.values()].map((one) => [one.sessionId, one.lastSequence]));
  return { began: ledger.tick(), ended: Number.POSITIVE_INFINITY, lastSequences };
}
