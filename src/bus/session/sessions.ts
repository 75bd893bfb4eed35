import type { Session, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { SessionEvent, SessionEventType } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type {
  AddParticipantRequest,
  CompleteSessionRequest,
  CreateSessionRequest,
  RemoveParticipantRequest,
  TerminateSessionRequest,
  UpdateSharedContextRequest,
  UpdateWorkflowRequest,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Caller } from '../caller.ts';

/**
 * Sessions, as orchestrators and participants use them. Every change resolves with the
 * session after it, when it is durable. Everything rejects SESSION_NOT_FOUND for those who are
 * no members, and every change SESSION_ENDED once the session has ended.
 */
export interface Sessions {
  create(caller: Caller, request: CreateSessionRequest): Promise<Session>;
  /** The session as it is on disk. */
  get(caller: Caller, sessionId: string): Promise<Session>;
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
