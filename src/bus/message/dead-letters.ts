import type { DeadLetterPage, DeadLetters as StoredDeadLetters } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { crashPoint } from '../../lib/crash-point.ts';
import { DEAD_LETTER_LIMITS } from '../../limits.ts';
import { type Caller, requireSpeaker } from '../caller.ts';
import type { BusObserver } from '../observer.ts';
import { KEPT_BY_REDELIVERY } from './tags.ts';

const beforeRedelivery = crashPoint('dead-letter.before-redelivery');
const redelivered = crashPoint('dead-letter.redelivered');
const beforePurge = crashPoint('dead-letter.before-purge');
const purged = crashPoint('dead-letter.purged');

/** What was given up, for whoever decides about it. All reject AGENT_NOT_ALLOWED. */
export interface DeadLetters {
  /** In the order in which their messages were accepted; fewer than `limit` where they are large. Rejects PAGE_TOKEN_INVALID. */
  list(caller: Caller, query: DeadLetterQuery): Promise<DeadLetterPage>;
  /**
   * Puts dead letters back into their mailbox, at the end of their priority, without an expiry and as mail that means
   * nothing to a task; durable when it resolves. How many: ids that name none of this agent's are passed over. All or
   * nothing: rejects MAILBOX_FULL.
   */
  redeliver(caller: Caller, agentId: string, deadLetterIds: readonly string[]): Promise<number>;
  /** Deletes dead letters, durably. How many: ids that name none of this agent's are passed over. */
  purge(caller: Caller, agentId: string, deadLetterIds: readonly string[]): Promise<number>;
}

export interface DeadLetterQuery {
  readonly agentId: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface DeadLettersOptions {
  readonly deadLetters: StoredDeadLetters;
  readonly clock: Clock;
  readonly observer: Pick<BusObserver, 'deadLettersRedelivered' | 'deadLettersPurged'>;
}

export function createDeadLetters({ deadLetters, clock, observer }: DeadLettersOptions): DeadLetters {
  return {
    async list(caller, query) {
      requireSpeaker(caller, query.agentId);
      return await deadLetters.list({ ...query, maxBytes: DEAD_LETTER_LIMITS.pageBytes });
    },
    async redeliver(caller, agentId, deadLetterIds) {
      requireSpeaker(caller, agentId);
      const how = { acceptedAt: clock.now(), keepTagBits: KEPT_BY_REDELIVERY };
      beforeRedelivery();
      const { length } = await deadLetters.redeliver(agentId, once(deadLetterIds), how);
      redelivered();
      observer.deadLettersRedelivered?.(length);
      return length;
    },
    async purge(caller, agentId, deadLetterIds) {
      requireSpeaker(caller, agentId);
      beforePurge();
      const count = await deadLetters.purge(agentId, once(deadLetterIds));
      purged();
      observer.deadLettersPurged?.(count);
      return count;
    },
  };
}

/** An id that is named twice names one dead letter. */
function once(deadLetterIds: readonly string[]): string[] {
  return [...new Set(deadLetterIds)];
}
