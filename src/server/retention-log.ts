import type { Logger } from 'pino';
import type { Forgotten } from '../bus/observer.ts';
import type { Clock } from '../lib/clock.ts';
import { createRareTelling } from '../lib/rare-telling.ts';

export interface RetentionLogOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Least time between two lines about one kind, in milliseconds. */
  readonly everyMs: number;
}

const LINES: Readonly<Record<Forgotten['kind'], string>> = {
  message_record: 'forgot messages before their time, so that repeats of them are new ones: see --max-message-records',
  dead_letter: 'deleted dead letters before their time: see --max-dead-letter-bytes',
  session: 'forgot ended sessions before their time: see --max-ended-session-bytes',
};

/**
 * Tells the operator what went because there was too much of it. What went because of its age went as the operator wanted
 * it, and is nowhere but in the metrics.
 */
export function createRetentionLog({ log, clock, everyMs }: RetentionLogOptions): (what: Forgotten) => void {
  const tellerOf = (kind: Forgotten['kind']) =>
    createRareTelling({ clock, everyMs, tell: (count) => log.warn({ kind, count }, LINES[kind]) });
  const tellers = {
    message_record: tellerOf('message_record'),
    dead_letter: tellerOf('dead_letter'),
    session: tellerOf('session'),
  };
  return ({ kind, count, because }) => {
    if (because === 'size') tellers[kind](count);
  };
}
