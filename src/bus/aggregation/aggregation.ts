import type {
  AggregateResultsRequest,
  AggregateResultsResponse,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Clock } from '../../lib/clock.ts';
import { createKeyedQueue } from '../../lib/keyed-queue.ts';
import type { Caller } from '../caller.ts';
import { visibleSession } from '../session/session-access.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { aggregateAnswers } from './aggregate-answers.ts';
import { readHistory } from './read-history.ts';
import { responseOf } from './response.ts';
import { rosterOf } from './roster.ts';
import { summarizeSession } from './summary/summarize-session.ts';

/** What came out of a session. */
export interface Aggregation {
  /**
   * Makes one result of the answers in a session, and a summary of it, as `aggregation.proto` says. Nothing
   * changes. Throws SESSION_NOT_FOUND, LIMIT_REACHED.
   */
  aggregate(caller: Caller, query: AggregateQuery): Promise<AggregateResultsResponse>;
}

export interface AggregateQuery extends Pick<AggregateResultsRequest, 'sessionId' | 'method' | 'roleOrder'> {
  /** Ends the reading of a long session. */
  readonly signal: AbortSignal;
}

export interface AggregationOptions {
  readonly registry: SessionRegistry;
  readonly clock: Clock;
}

export function createAggregation({ registry, clock }: AggregationOptions): Aggregation {
  // Each holds the answers of a whole session in memory: many callers of one session must not hold it many times.
  const queue = createKeyedQueue();
  return {
    async aggregate(caller, { sessionId, method, roleOrder, signal }) {
      const live = await visibleSession(registry, caller, sessionId);
      return queue.run(sessionId, async () => {
        signal.throwIfAborted();
        const { session, history } = await readHistory({ registry, live, signal });
        const { answers } = history;
        const aggregate = aggregateAnswers(answers, { method, roleOrder, roster: rosterOf(session) });
        const summary = summarizeSession({ session, history, conflicts: aggregate.conflicts, now: clock.now() });
        return responseOf({ aggregate, answers, summary });
      });
    },
  };
}
