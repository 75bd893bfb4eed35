import type { JsonObject } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { AggregationMethod } from '../../gen/ts/agentbus/v1/aggregation_pb.js';
import {
  Backoff,
  type Envelope,
  EnvelopeSchema,
  MessageType,
  Priority,
  type Recipient,
  ReplyMode,
} from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { AggregateResultsRequestSchema, CancelTaskRequestSchema } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { valid } from './session-requests.ts';

/** Who is asked to do a task: an agent by its id, or whoever a description fits. */
export type AddressInput =
  | string
  | { readonly capability: string }
  | { readonly role: string }
  | { readonly all_participants: true };

/** A task to delegate in a session. */
export interface TaskInput<To extends AddressInput = string | { readonly capability: string }> {
  readonly to: To;
  /**
   * Unique in the session, and among all messages that its orchestrator sends within 24 hours; by default a new one.
   * Delegating again under the same id and content changes nothing.
   */
  readonly task_id?: string;
  readonly payload?: JsonObject;
  /** The workflow step it belongs to; by default the workflow chooses. */
  readonly step?: string;
  readonly priority?: 'low' | 'medium' | 'high' | 'critical';
  /** The task that caused it. */
  readonly parent_task_id?: string;
  /** Milliseconds for one attempt, at most 7 days; by default no bound. */
  readonly timeoutMs?: number;
  readonly retry?: RetryInput;
  /** Agents to ask in turn when attempts are exhausted; at most 16. */
  readonly fallback_agents?: readonly string[];
  /** When the task loses its use. */
  readonly expires_at?: Date;
  /** `traceparent` carries W3C Trace Context. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** How often and when a failed attempt is repeated. */
export interface RetryInput {
  /** Attempts after the first, 0 to 100. */
  readonly max_retries: number;
  /** How the wait grows; `none` by default, which does not wait. */
  readonly backoff?: 'none' | 'linear' | 'exponential';
  /** 1,000 by default. */
  readonly initialDelayMs?: number;
  /** 60,000 by default. */
  readonly maxDelayMs?: number;
}

/** How the answers of a session become one result. */
export interface AggregationInput {
  readonly method: 'consensus' | 'confidence_weighted' | 'specialist_priority' | 'manual';
  /** Roles in order of precedence, for `specialist_priority`. */
  readonly role_order?: readonly string[];
}

/** Who asks, where, and the id for a task that has none. */
export interface Delegation {
  readonly sessionId: string;
  readonly delegator: string;
  readonly newTaskId: string;
}

// Each of these gives a message that keeps the rules of the contract, or throws FIELD_INVALID.

/** The answer goes into the session's events and the task's record: nobody reads the orchestrator's mailbox here. */
export function taskRequest(task: TaskInput<AddressInput>, { sessionId, delegator, newTaskId }: Delegation): Envelope {
  const { timeoutMs, retry, fallback_agents = [], expires_at } = task;
  return valid(EnvelopeSchema, {
    messageId: task.task_id ?? newTaskId,
    sender: { agentId: delegator, sessionId },
    recipient: { target: targetOf(task.to) },
    messageType: MessageType.TASK_REQUEST,
    priority: task.priority ? Priority[upper(task.priority)] : Priority.UNSPECIFIED,
    parentTaskId: task.parent_task_id ?? '',
    step: task.step ?? '',
    routing: {
      replyMode: ReplyMode.SESSION,
      fallbackAgents: [...fallback_agents],
      ...(timeoutMs !== undefined && { timeout: durationFromMs(timeoutMs) }),
      ...(retry && { retryPolicy: policyOf(retry) }),
      ...(expires_at && { expiresAt: timestampFromDate(expires_at) }),
    },
    metadata: { ...task.metadata },
    content: task.payload ? { case: 'payload', value: task.payload } : { case: undefined },
  });
}

export const cancelRequest = (sessionId: string, taskId: string, reason = '') =>
  valid(CancelTaskRequestSchema, { sessionId, taskId, reason });

export const aggregateRequest = (sessionId: string, { method, role_order = [] }: AggregationInput) =>
  valid(AggregateResultsRequestSchema, {
    sessionId,
    method: AggregationMethod[upper(method)],
    roleOrder: [...role_order],
  });

function targetOf(to: AddressInput): Recipient['target'] {
  if (typeof to === 'string') return { case: 'agentId', value: to };
  if ('role' in to) return { case: 'role', value: to.role };
  if ('capability' in to) return { case: 'capability', value: to.capability };
  return { case: 'allParticipants', value: true };
}

function policyOf({ max_retries, backoff, initialDelayMs, maxDelayMs }: RetryInput) {
  return {
    maxRetries: max_retries,
    ...(backoff && { backoff: Backoff[upper(backoff)] }),
    ...(initialDelayMs !== undefined && { initialDelay: durationFromMs(initialDelayMs) }),
    ...(maxDelayMs !== undefined && { maxDelay: durationFromMs(maxDelayMs) }),
  };
}

function upper<Word extends string>(word: Word): Uppercase<Word> {
  return word.toUpperCase() as Uppercase<Word>;
}
