import type { JsonObject } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type { AggregationMethod } from '../../gen/ts/agentbus/v1/aggregation_pb.js';
import { AggregateResultsResponseSchema, type SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { TaskSchema, type TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { defined } from './defined.ts';
import { createDelegator, type Delegator, delegation } from './delegator.ts';
import type { MessageSender, SentMessage } from './message-sender.ts';
import type { NewTask } from './new-task.ts';
import type { Address, Content, OutgoingMessage } from './outgoing-message.ts';
import { pages } from './pages.ts';
import { toPlain } from './plain.ts';
import { type Aggregation, type Session, type SessionEvent, type Task, toSession } from './records.ts';
import { type EventQuery, type EventSource, followSession } from './session-events.ts';

/** A session as its orchestrator or a member works with it. Every call rejects with an AgentbusError. */
export interface SessionHandle extends Delegator {
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
   * Asks everybody in a role, or all participants, to do a task: each gets one of its own, all of them or none. Resolves with the
   * tasks, in the order of the roster, when the bus has them on disk. Repeats itself as `delegate` does.
   */
  delegateToAll(task: NewTask<Address>): Promise<DelegatedTask[]>;
  /** The session's tasks in the order in which they were delegated, without their results; fetched page by page. */
  tasks(query?: TaskQuery): AsyncGenerator<Task, void, undefined>;
  /** Makes one result of the answers to the session's tasks, and a summary of the session in Markdown. Changes nothing. */
  aggregate(how: AggregationOptions): Promise<Aggregation>;
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

/** One of the tasks that a request to several agents made. */
export interface DelegatedTask {
  readonly taskId: string;
  readonly assignee: string;
}

/** Which tasks to list. */
export interface TaskQuery {
  readonly status?: TaskStatus;
  /** Only tasks that this agent is to do. */
  readonly assignee?: string;
}

/** How answers become one result. */
export interface AggregationOptions {
  readonly method: AggregationMethod;
  /** Roles in order of precedence, for `AggregationMethod.SPECIALIST_PRIORITY`. */
  readonly roleOrder?: readonly string[];
}

/** Any message in a session. */
export type SessionMessage = Omit<OutgoingMessage, 'sessionId'> & Content;

/** What a handle works with. */
export interface SessionHandleOptions {
  readonly sessions: Client<typeof SessionService>;
  readonly source: EventSource;
  readonly sender: MessageSender;
}

/** Makes the handle of a session. Asks nothing of the bus. */
export function createSessionHandle({ sessions, source, sender }: SessionHandleOptions): SessionHandle {
  const { sessionId } = source;
  return {
    ...createDelegator({ sessions, sender, sessionId }),
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
    delegateToAll: async (task) => tasksOf(await sender.send(delegation(task, sessionId))),
    tasks: (query = {}) =>
      pages(async (pageToken) => {
        const page = await sessions.listTasks({ ...query, sessionId, pageToken });
        return { items: page.tasks.map((item) => toPlain(TaskSchema, item)), nextPageToken: page.nextPageToken };
      }),
    async aggregate({ method, roleOrder = [] }) {
      const response = await sessions.aggregateResults({ sessionId, method, roleOrder: [...roleOrder] });
      return toPlain(AggregateResultsResponseSchema, response);
    },
    send: async (message) => (await sender.send({ ...message, sessionId })).messageId,
    events: (query = {}) => followSession(source, query),
  };
}

/** The tasks' ids as the contract makes them: that of the message for one recipient, numbered ones for several. */
function tasksOf({ messageId, recipients }: SentMessage): DelegatedTask[] {
  const isAlone = recipients.length === 1;
  return recipients.map((assignee, index) => ({ taskId: isAlone ? messageId : `${messageId}#${index + 1}`, assignee }));
}

function changeOf({ replace, merge }: ContextChange) {
  return merge === undefined
    ? ({ case: 'sharedContext', value: replace } as const)
    : ({ case: 'mergePatch', value: merge } as const);
}
