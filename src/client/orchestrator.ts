import type { JsonObject } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { createClient, type Transport } from '@connectrpc/connect';
import { AgentSchema, type AgentStatus } from '../../gen/ts/agentbus/v1/agent_pb.js';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageService, MessageStatusSchema } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionSchema, type SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { StepFailurePolicy, WorkflowMode } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import type { Clock } from '../lib/clock.ts';
import { createSystemClock } from '../lib/clock.ts';
import { createSystemRandom, type Random } from '../lib/random.ts';
import type { BackoffOptions } from './backoff.ts';
import { createBusTransport } from './bus-transport.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { defined } from './defined.ts';
import { createDelegator, type Delegator } from './delegator.ts';
import { createMessageSender } from './message-sender.ts';
import { pages } from './pages.ts';
import { toPlain } from './plain.ts';
import { type Agent, type MessageStatus, type Session, toAgent, toSession } from './records.ts';
import { createSessionHandle, type SessionHandle } from './session-handle.ts';

/**
 * A client of the bus that opens and leads sessions. Every call rejects with an AgentbusError. Tasks that are delegated by
 * it, and not by one of its sessions, are outside of sessions: `task` tells how they go.
 */
export interface Orchestrator extends Delegator {
  /** The agent it speaks as. */
  readonly agentId: string;
  /** Opens a session that this agent leads. */
  createSession(session?: NewSession): Promise<SessionHandle>;
  /** Takes up a session that exists. Asks nothing of the bus: a wrong id shows in the first call. */
  openSession(sessionId: string): SessionHandle;
  /** The sessions that the agent is a member of, newest first, without their shared context; fetched page by page. */
  listSessions(query?: SessionQuery): AsyncGenerator<Session, void, undefined>;
  /**
   * Where a message that this agent sent is: one entry for each time it was put into a mailbox, oldest first. Rejects with
   * MESSAGE_NOT_FOUND if it was never accepted, or is forgotten: the bus remembers for 24 hours, unless its operator chose
   * otherwise.
   */
  messageStatus(messageId: string): Promise<MessageStatus[]>;
  /** What was given up, and what becomes of it. */
  readonly deadLetters: DeadLetters;
  /** Who there is. */
  readonly agents: AgentDirectory;
  /** Ends what follows sessions and waits for answers, which throws CANCELLED there, and lets the connection go. */
  close(): void;
}

/** The registered agents. */
export interface AgentDirectory {
  /** Ascending by id, fetched page by page. */
  list(query?: { readonly status?: AgentStatus; readonly capability?: string }): AsyncGenerator<Agent, void, undefined>;
  /** Rejects with AGENT_NOT_FOUND. */
  get(agentId: string): Promise<Agent>;
}

/** A session to be opened. */
export interface NewSession {
  /** Such as `sess_notifications_20260201`. Default: the bus makes one. */
  readonly sessionId?: string;
  readonly participants?: readonly { readonly agentId: string; readonly role: string }[];
  /** The steps, in order. */
  readonly steps?: readonly NewStep[];
  /** Default `WorkflowMode.AUTOMATIC`. */
  readonly workflowMode?: WorkflowMode;
  readonly sharedContext?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  /** Time without an event after which the bus terminates the session. Default: never. */
  readonly idleTimeoutMs?: number;
}

/** A step of a new session's workflow. */
export interface NewStep {
  readonly name: string;
  readonly requiredAgents?: readonly string[];
  /** Default: the step before it in the list. */
  readonly dependsOn?: readonly string[];
  /** What follows when the step fails and nobody says. Default `StepFailurePolicy.HOLD`. */
  readonly onFailure?: StepFailurePolicy;
}

/** Which sessions to list. */
export interface SessionQuery {
  readonly state?: SessionState;
  /** Only sessions that this agent leads or takes part in. */
  readonly participant?: string;
  /** Only sessions that carry all of these labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What an orchestrator client is made of. */
export interface OrchestratorOptions {
  /** Carries the calls, and the key with them. */
  readonly transport: Transport;
  /** Where the transport leads, for the texts of errors. */
  readonly address?: string;
  /** The agent to speak as, `{framework}://{name}`; the key must allow it. */
  readonly agentId: string;
  /** Waits between tries while the bus is unavailable. */
  readonly backoff?: BackoffOptions;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Makes an orchestrator client over any transport; see `connectOrchestrator` for the usual ones. */
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  const { agentId, address, backoff } = options;
  const { clock = createSystemClock({ keepsAlive: true }), random = createSystemRandom() } = options;
  const transport = createBusTransport(options.transport, { clock, random, backoff, address });
  const sessions = createClient(SessionService, transport);
  const messages = createClient(MessageService, transport);
  const agents = createClient(AgentService, transport);
  const closing = new AbortController();

  const shared = { clock, random, backoff, address, closed: closing.signal };
  const sender = createMessageSender({ ...shared, agentId, messages, transport: options.transport });

  const openSession = (sessionId: string): SessionHandle =>
    createSessionHandle({ sessions, sender, source: { ...shared, sessions, sessionId } });

  return {
    ...createDelegator({ sessions, sender }),
    agentId,
    openSession,
    async createSession(session = {}) {
      return openSession(toSession(await sessions.createSession(requestOf(session, agentId))).sessionId);
    },
    listSessions: (query = {}) =>
      pages(async (pageToken) => {
        const page = await sessions.listSessions({ ...query, pageToken });
        return { items: page.sessions.map((item) => toPlain(SessionSchema, item)), nextPageToken: page.nextPageToken };
      }),
    async messageStatus(messageId) {
      const { statuses } = await messages.getMessageStatus({ sender: agentId, messageId });
      return statuses.map((status) => toPlain(MessageStatusSchema, status));
    },
    deadLetters: createDeadLetters(messages),
    agents: {
      list: (query = {}) =>
        pages(async (pageToken) => {
          const page = await agents.listAgents({ ...query, pageToken });
          return { items: page.agents.map((item) => toPlain(AgentSchema, item)), nextPageToken: page.nextPageToken };
        }),
      get: async (id) => toAgent(await agents.getAgent({ agentId: id })),
    },
    close: () => closing.abort(),
  };
}

function requestOf(session: NewSession, orchestrator: string) {
  const { sessionId, participants = [], steps, workflowMode, sharedContext, labels, idleTimeoutMs } = session;
  return defined({
    sessionId,
    orchestrator,
    participants: participants.map(({ agentId, role }) => ({ agentId, role })),
    workflow: steps && defined({ steps: steps.map(stepOf), mode: workflowMode }),
    sharedContext,
    labels,
    idleTimeout: idleTimeoutMs === undefined ? undefined : durationFromMs(idleTimeoutMs),
  });
}

function stepOf({ name, requiredAgents = [], dependsOn, onFailure }: NewStep) {
  return defined({
    name,
    requiredAgents: [...requiredAgents],
    dependsOn: dependsOn && { steps: [...dependsOn] },
    onFailure,
  });
}
