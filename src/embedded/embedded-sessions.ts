import type { JsonObject } from '@bufbuild/protobuf';
import { SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import type { Bus } from '../bus/bus.ts';
import type { Caller } from '../bus/caller.ts';
import type { Random } from '../lib/random.ts';
import { CALL_LIMITS } from '../limits.ts';
import { createEmbeddedTasks, type EmbeddedTasks } from './embedded-tasks.ts';
import { type SessionManagerEvent, type SessionManagerEventType, viewEvent } from './session-manager-event.ts';
import {
  addRequest,
  type CompletionInput,
  completeRequest,
  createRequest,
  mergeContextRequest,
  type ParticipantInput,
  removeRequest,
  replaceContextRequest,
  type SessionInput,
  type TerminationInput,
  terminateRequest,
  type WorkflowPosition,
  workflowRequest,
} from './session-requests.ts';
import { type SessionView, viewSession } from './session-view.ts';

/**
 * The sessions of an embedded bus. Every change resolves with the session after it, when it is
 * on disk. The program that embeds the bus is trusted: it sees and changes every session.
 * Rejections are BusErrors.
 */
export interface EmbeddedSessions extends EmbeddedTasks {
  create(session: SessionInput): Promise<SessionView>;
  get(sessionId: string): Promise<SessionView>;
  /** All sessions that match, newest first, read page by page; without their shared context. */
  list(query?: SessionListInput): AsyncIterable<SessionView>;
  addParticipant(sessionId: string, participant: ParticipantInput): Promise<SessionView>;
  removeParticipant(sessionId: string, agentId: string): Promise<SessionView>;
  updateWorkflow(sessionId: string, position: WorkflowPosition): Promise<SessionView>;
  /** `merge` is a JSON merge patch (RFC 7396); `replace` is the whole context from now on. */
  updateSharedContext(sessionId: string, change: ContextChange): Promise<SessionView>;
  complete(sessionId: string, completion: CompletionInput): Promise<SessionView>;
  terminate(sessionId: string, termination: TerminationInput): Promise<SessionView>;
  /** Replays a session's events after a sequence and follows it until it ends, or until the signal aborts. */
  events(sessionId: string, options?: EventOptions): AsyncIterable<SessionManagerEvent>;
}

export interface SessionListInput {
  readonly state?: SessionView['state'];
  /** Only sessions with this agent as orchestrator or participant. */
  readonly participant?: string;
  /** Only sessions that carry all of these. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type ContextChange = ({ readonly replace: JsonObject } | { readonly merge: JsonObject }) & {
  /** The revision that the change was made for; by default any. */
  readonly expectedRevision?: number;
};

export interface EventOptions {
  /** Sequence of the last event that the program has; 0 by default. */
  readonly after?: number;
  /** All by default. */
  readonly types?: readonly SessionManagerEventType[];
  readonly signal?: AbortSignal;
}

export function createEmbeddedSessions(bus: Bus, random: Random): EmbeddedSessions {
  const { sessions } = bus;
  const caller: Caller = { principal: { name: 'embedder', agents: ['*'] } };
  return {
    ...createEmbeddedTasks({ bus, caller, random }),
    create: async (session) => viewSession(await sessions.create(caller, createRequest(session))),
    get: async (sessionId) => viewSession(await sessions.get(caller, sessionId)),
    async *list({ state, participant = '', labels = {} } = {}) {
      const wanted = state ? SessionState[state.toUpperCase() as Uppercase<typeof state>] : SessionState.UNSPECIFIED;
      const query = { state: wanted, participant, labels, limit: CALL_LIMITS.listPage.max };
      for (let after: string | undefined; ; ) {
        const page = await sessions.list(caller, after === undefined ? query : { ...query, after });
        for (const session of page.sessions) yield viewSession(session);
        if (page.next === undefined) return;
        after = page.next;
      }
    },
    addParticipant: async (sessionId, participant) =>
      viewSession(await sessions.addParticipant(caller, addRequest(sessionId, participant))),
    removeParticipant: async (sessionId, agentId) =>
      viewSession(await sessions.removeParticipant(caller, removeRequest(sessionId, agentId))),
    updateWorkflow: async (sessionId, position) =>
      viewSession(await sessions.updateWorkflow(caller, workflowRequest(sessionId, position))),
    async updateSharedContext(sessionId, change) {
      const request =
        'merge' in change
          ? mergeContextRequest(sessionId, change.merge, change.expectedRevision)
          : replaceContextRequest(sessionId, change.replace, change.expectedRevision);
      return viewSession(await sessions.updateSharedContext(caller, request));
    },
    complete: async (sessionId, completion) =>
      viewSession(await sessions.complete(caller, completeRequest(sessionId, completion))),
    terminate: async (sessionId, termination) =>
      viewSession(await sessions.terminate(caller, terminateRequest(sessionId, termination))),
    async *events(sessionId, { after = 0, types = [], signal = new AbortController().signal } = {}) {
      const query = { sessionId, afterSequence: after, types: types.map(typeNamed), signal };
      for await (const batch of sessions.watch(caller, query)) {
        for (const event of batch) yield viewEvent(event);
      }
    },
  };
}

function typeNamed(name: SessionManagerEventType): SessionEventType {
  return SessionEventType[name.toUpperCase() as Uppercase<SessionManagerEventType>];
}
