import { toBinary } from '@bufbuild/protobuf';
import type { SessionEvent, SessionEventType } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionSchema, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type {
  AddParticipantRequest,
  CompleteSessionRequest,
  CreateSessionRequest,
  RemoveParticipantRequest,
  TerminateSessionRequest,
  UpdateSharedContextRequest,
  UpdateWorkflowRequest,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { SessionListQuery, SessionLog } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { mintId } from '../../lib/ids.ts';
import type { Random } from '../../lib/random.ts';
import { createTimeoutSignal } from '../../lib/timeout-signal.ts';
import { SESSION_LIMITS } from '../../limits.ts';
import { actingPatterns, actorOf, actsFor, type Caller, requireSpeaker } from '../caller.ts';
import { applyDecision } from './apply-decision.ts';
import {
  addParticipant,
  changeSharedContext,
  completeSession,
  type Decide,
  removeParticipant,
  requireActive,
  terminateSession,
  updateWorkflow,
} from './commands.ts';
import type { OpenDraft } from './draft.ts';
import type { LiveSession } from './live-session.ts';
import { sessionCreated } from './new-session.ts';
import { requireMember, requireOrchestrator, visibleSession } from './session-access.ts';
import { type SessionRegistry, sessionAlreadyExists } from './session-registry.ts';
import { hasSeenEnd, nextEvent, ofTypes, requireCursor, watchSession } from './watch-session.ts';

/**
 * Sessions, as orchestrators and participants use them. Every change resolves with the
 * session after it, when it is durable. Everything rejects SESSION_NOT_FOUND for those who are
 * no members, and every change SESSION_ENDED once the session has ended.
 */
export interface Sessions {
  create(caller: Caller, request: CreateSessionRequest): Promise<Session>;
  /** The session as it is on disk. */
  get(caller: Caller, sessionId: string): Promise<Session>;
  /** Newest first, without their shared contexts; fewer than `limit` where they are large. */
  list(caller: Caller, query: SessionQuery): Promise<{ sessions: Session[]; next: string | undefined }>;
  addParticipant(caller: Caller, request: AddParticipantRequest): Promise<Session>;
  removeParticipant(caller: Caller, request: RemoveParticipantRequest): Promise<Session>;
  updateWorkflow(caller: Caller, request: UpdateWorkflowRequest): Promise<Session>;
  updateSharedContext(caller: Caller, request: UpdateSharedContextRequest): Promise<Session>;
  complete(caller: Caller, request: CompleteSessionRequest): Promise<Session>;
  terminate(caller: Caller, request: TerminateSessionRequest): Promise<Session>;
  /**
   * Durable events after a sequence, one page; waits up to `waitMs` for the first.
   * Also rejects SEQUENCE_OUT_OF_RANGE.
   */
  events(caller: Caller, query: EventQuery): Promise<EventPage>;
  /**
   * Replays events after a sequence and then follows: yields batches in order, without gaps, as fast
   * as they are taken and no faster, reading the log rather than queueing. Returns after the event that ends the
   * session, and when `signal` aborts; throws SESSION_NOT_FOUND when the caller is removed from it.
   * Rejects SEQUENCE_OUT_OF_RANGE at the first step.
   */
  watch(caller: Caller, query: WatchQuery): AsyncIterable<SessionEvent[]>;
}

export interface SessionQuery {
  readonly state: SessionState;
  /** Empty for all. */
  readonly participant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface WatchQuery {
  readonly sessionId: string;
  readonly afterSequence: number;
  /** Empty for all. */
  readonly types: readonly SessionEventType[];
  readonly signal: AbortSignal;
}

export interface EventQuery extends WatchQuery {
  readonly limit: number;
  readonly waitMs: number;
}

export interface EventPage {
  readonly events: SessionEvent[];
  /** Sequence to go on from when there may be more at once. */
  readonly next: number | undefined;
}

export interface SessionsOptions {
  readonly registry: SessionRegistry;
  readonly log: SessionLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly openDraft: OpenDraft;
}

/** A change and who may make it. Both throw a BusError. */
interface GuardedChange {
  authorize(caller: Caller, session: Session): void;
  readonly decide: Decide;
}

export function createSessions({ registry, log, clock, random, openDraft }: SessionsOptions): Sessions {
  async function change(caller: Caller, sessionId: string, { authorize, decide }: GuardedChange): Promise<Session> {
    const live = await visibleSession(registry, caller, sessionId);
    authorize(caller, live.decided);
    requireActive(live.decided);
    const draft = openDraft(live);
    applyDecision(draft, decide);
    const written = registry.append(live, draft.change(), { actor: actorOf(caller) });
    const { decided } = live;
    await written;
    return decided;
  }

  async function durable(live: LiveSession): Promise<Session> {
    if (live.durable === undefined) await live.written;
    return live.durable ?? live.decided;
  }

  /** Undefined if the session was forgotten after the log named it. */
  async function listed(sessionId: string): Promise<Session | undefined> {
    const live = await registry.load(sessionId);
    return live && withoutContext(await durable(live));
  }

  return {
    async create(caller, request) {
      requireSpeaker(caller, request.orchestrator);
      const sessionId = request.sessionId || mintId('sess', random);
      const body = sessionCreated(request, sessionId, clock.now());
      if ((await registry.load(sessionId)) !== undefined) throw sessionAlreadyExists(sessionId);
      const live = registry.begin(sessionId, { bodies: [body] }, { actor: actorOf(caller) });
      const { decided, written } = live;
      await written;
      return decided;
    },
    async get(caller, sessionId) {
      return durable(await visibleSession(registry, caller, sessionId));
    },
    async list(caller, query) {
      const sessions: Session[] = [];
      let bytes = 0;
      let after = query.after;
      do {
        const limit = Math.min(query.limit - sessions.length, SESSION_LIMITS.loadTogether);
        const page = await log.list({ ...filterOf(caller, query), limit, ...(after !== undefined && { after }) });
        for (const session of await Promise.all(page.sessionIds.map(listed))) {
          if (session === undefined) continue;
          sessions.push(session);
          bytes += toBinary(SessionSchema, session).length;
        }
        after = page.next;
      } while (after !== undefined && sessions.length < query.limit && bytes < SESSION_LIMITS.listPageBytes);
      return { sessions, next: after };
    },
    addParticipant: (caller, request) =>
      change(caller, request.sessionId, { authorize: requireOrchestrator, decide: addParticipant(request) }),
    removeParticipant: (caller, request) =>
      change(caller, request.sessionId, { authorize: mayRemove(request.agentId), decide: removeParticipant(request) }),
    updateWorkflow: (caller, request) =>
      change(caller, request.sessionId, { authorize: requireOrchestrator, decide: updateWorkflow(request) }),
    updateSharedContext: (caller, request) =>
      change(caller, request.sessionId, { authorize: requireMember, decide: changeSharedContext(request) }),
    complete: (caller, request) =>
      change(caller, request.sessionId, { authorize: requireOrchestrator, decide: completeSession(request) }),
    terminate: (caller, request) =>
      change(caller, request.sessionId, { authorize: requireOrchestrator, decide: terminateSession(request) }),
    async events(caller, { sessionId, afterSequence, types, limit, waitMs, signal }) {
      const live = await visibleSession(registry, caller, sessionId);
      requireCursor(live, afterSequence);
      const waiting = createTimeoutSignal(clock, waitMs, signal);
      try {
        for (let after = afterSequence; ; ) {
          const page = await registry.read(live, { after, limit });
          after = Number(page.at(-1)?.sequence ?? after);
          const isMore = live.durable !== undefined && live.durable.lastSequence > BigInt(after);
          const events = ofTypes(page, types);
          if (events.length > 0 || hasSeenEnd(live, after) || waiting.signal.aborted)
            return { events, next: isMore ? after : undefined };
          await nextEvent(live, after, waiting.signal);
          requireMember(caller, live.decided);
        }
      } finally {
        waiting.cancel();
      }
    },
    async *watch(caller, { sessionId, afterSequence, types, signal }) {
      const live = await visibleSession(registry, caller, sessionId);
      const authorize = (session: Session) => requireMember(caller, session);
      yield* watchSession({ registry, live, afterSequence, types, signal, authorize });
    },
  };
}

function filterOf(caller: Caller, { state, participant, labels }: SessionQuery): Omit<SessionListQuery, 'limit'> {
  return {
    visibleTo: actingPatterns(caller),
    labels,
    ...(state !== SessionState.UNSPECIFIED && { state: SessionState[state] }),
    ...(participant !== '' && { member: participant }),
  };
}

/** A participant may leave by itself; everybody else is removed by the orchestrator. */
function mayRemove(agentId: string): (caller: Caller, session: Session) => void {
  return (caller, session) => {
    if (!actsFor(caller, agentId)) requireOrchestrator(caller, session);
  };
}

/** Lists leave the shared context out: a page of them would not fit into a message. */
function withoutContext(session: Session): Session {
  const { sharedContext: _, ...rest } = session;
  return rest;
}
