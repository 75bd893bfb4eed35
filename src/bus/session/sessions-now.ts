import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { CreateSessionRequest } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Clock } from '../../lib/clock.ts';
import { mintId } from '../../lib/ids.ts';
import type { Random } from '../../lib/random.ts';
import { applyDecision } from './apply-decision.ts';
import { type Decide, requireActive } from './commands.ts';
import type { OpenDraft } from './draft.ts';
import { sessionCreated } from './new-session.ts';
import { sessionNotFound } from './session-access.ts';
import type { SessionRegistry } from './session-registry.ts';

/**
 * Sessions for a program that embeds the bus: decided at once, against memory, with
 * the disk following. The program is trusted, so there is no caller; it names the actor.
 * `Bus.flush()` waits for the disk.
 */
export interface SessionsNow {
  /**
   * The bus makes the id: whether a name of the caller's is taken only the disk knows.
   * Throws FIELD_INVALID, WORKFLOW_INVALID, FORBIDDEN_KEY, SHARED_CONTEXT_TOO_LARGE, MESSAGE_TOO_LARGE, LIMIT_REACHED.
   */
  create(request: CreateSessionRequest, actor: string): Session;
  /** A session that is under way, or that ended lately. */
  get(sessionId: string): Session | undefined;
  /** Throws SESSION_NOT_FOUND, SESSION_ENDED and what `decide` throws. */
  change(sessionId: string, actor: string, decide: Decide): Session;
}

export interface SessionsNowOptions {
  readonly registry: SessionRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly openDraft: OpenDraft;
}

export function createSessionsNow({ registry, clock, random, openDraft }: SessionsNowOptions): SessionsNow {
  return {
    create(request, actor) {
      const sessionId = mintId('sess', random);
      const bodies = [sessionCreated(request, sessionId, clock.now())];
      return registry.begin(sessionId, { bodies }, { actor }).decided;
    },
    get: (sessionId) => registry.peek(sessionId)?.decided,
    change(sessionId, actor, decide) {
      const live = registry.peek(sessionId);
      if (live === undefined) throw sessionNotFound(sessionId);
      requireActive(live.decided);
      const draft = openDraft(live);
      applyDecision(draft, decide);
      void registry.append(live, draft.change(), { actor });
      return live.decided;
    },
  };
}
