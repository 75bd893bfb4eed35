import type { JsonObject } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { defined } from './defined.ts';
import type { Address, Content, MessageOptions, OutgoingMessage } from './outgoing-message.ts';
import { type Session, type SessionEvent, toSession } from './records.ts';
import { type EventQuery, type EventSource, followSession } from './session-events.ts';

/** A session as its orchestrator or a member works with it. Every call rejects with an AgentbusError. */
export interface SessionHandle {
  readonly id: string;
  /** The session as it is on disk. */
  get(): Promise<Session>;
  /** Adds an agent to the roster. For the orchestrator. */
  addParticipant(participant: { readonly agentId: string; readonly role: string }): Promise<Session>;
  /** Removes an agent from the roster. */
  removeParticipant(agentId: string): Promise<Session>;
  /** Says where the workflow stands; steps that are not named keep their status. For the orchestrator. */
  updateWorkflow(position: WorkflowPosition): Promise<Session>;
  /**
   * Replaces the shared context, or merges a JSON merge patch (RFC 7396) into it. With `expectedRevision`
   * it rejects with CONTEXT_REVISION_MISMATCH if somebody was faster; the error's facts name the actual revision.
   */
  updateSharedContext(change: ContextChange, options?: { readonly expectedRevision?: number }): Promise<Session>;
  /** Ends the session as planned. For the orchestrator. */
  complete(completion: { readonly summary: string; readonly artifacts?: readonly string[] }): Promise<Session>;
  /** Breaks the session off. For the orchestrator. */
  terminate(termination: { readonly reason: string; readonly details?: string }): Promise<Session>;
  /**
   * Asks an agent to do a task, and resolves with the task's id when the bus has the task on disk. While the bus
   * is unavailable it tries again with the same id, so that the task exists once whatever happens.
   */
  delegate(task: NewTask): Promise<string>;
  /** Sends any other message in the session; resolves with its id when it is on disk. Repeats itself as `delegate` does. */
  send(message: SessionMessage): Promise<string>;
  /** Follows the session: each event once, in order, across lost connections, until the session has ended. */
  events(query?: EventQuery): AsyncGenerator<SessionEvent, void, undefined>;
}

/** Where a workflow stands. */
export interface WorkflowPosition {
  /** Default: none. */
  readonly currentStep?: string;
  readonly completedSteps?: readonly string[];
  readonly pendingSteps?: readonly string[];
}

/** A change of a shared context; in a merge, `null` removes a key. */
export type ContextChange =
  | { readonly replace: JsonObject; readonly merge?: never }
  | { readonly merge: JsonObject; readonly replace?: never };

/** A task on its way to an agent. */
export type NewTask = Omit<MessageOptions, 'sessionId' | 'correlationId'> &
  Content & {
    readonly to: Address;
    /** Unique in the session. Default: a new one. Delegating again under the same id and content changes nothing. */
    readonly taskId?: string;
  };

/** Any message in a session. */
export type SessionMessage = Omit<OutgoingMessage, 'sessionId'> & Content;

/** What a handle works with. */
export interface SessionHandleOptions {
  readonly sessions: Client<typeof SessionService>;
  readonly source: EventSource;
  /** Sends a message until it is on disk, and resolves with its id. */
  send(message: OutgoingMessage): Promise<string>;
}

/** Makes the handle of a session. Asks nothing of the bus. */
export function createSessionHandle({ sessions, source, send }: SessionHandleOptions): SessionHandle {
  const { sessionId } = source;
  return {
    id: sessionId,
    get: async () => toSession(await sessions.getSession({ sessionId })),
    addParticipant: async (participant) => toSession(await sessions.addParticipant({ sessionId, participant })),
    removeParticipant: async (agentId) => toSession(await sessions.removeParticipant({ sessionId, agentId })),
    async updateWorkflow({ currentStep, completedSteps = [], pendingSteps = [] }) {
      const position = { sessionId, currentStep, completedSteps: [...completedSteps], pendingSteps: [...pendingSteps] };
      return toSession(await sessions.updateWorkflow(defined(position)));
    },
    async updateSharedContext(change, { expectedRevision } = {}) {
      const revision = expectedRevision === undefined ? undefined : BigInt(expectedRevision);
      const request = defined({ sessionId, expectedRevision: revision, change: changeOf(change) });
      return toSession(await sessions.updateSharedContext(request));
    },
    complete: async ({ summary, artifacts = [] }) =>
      toSession(await sessions.completeSession({ sessionId, summary, artifacts: [...artifacts] })),
    terminate: async ({ reason, details }) =>
      toSession(await sessions.terminateSession(defined({ sessionId, reason, details }))),
    delegate: async ({ taskId, ...task }) =>
      send({ ...task, sessionId, type: MessageType.TASK_REQUEST, ...(taskId !== undefined && { messageId: taskId }) }),
    send: async (message) => send({ ...message, sessionId }),
    events: (query = {}) => followSession(source, query),
  };
}

function changeOf({ replace, merge }: ContextChange) {
  return merge === undefined
    ? ({ case: 'sharedContext', value: replace } as const)
    : ({ case: 'mergePatch', value: merge } as const);
}
