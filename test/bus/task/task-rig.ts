import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { type EnvelopeSchema, MessageType, type RoutingSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { type SessionEvent, SessionEventType } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { CreateSessionRequestSchema } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { Connection } from '../../../src/bus/agent/agents.ts';
import type { SendOutcome } from '../../../src/bus/message/messages.ts';
import type { Lease } from '../../../src/engine/engine.ts';
import {
  anybody,
  BACKEND,
  message,
  notificationsSession,
  type OpenBus,
  type OpenBusOptions,
  ORCHESTRATOR,
  openBus,
} from '../../open-bus.ts';

type Init<Desc extends Parameters<typeof create>[0]> = MessageInitShape<Desc>;

/** A bus with one session, and what orchestrator and agents do in it. */
export interface TaskRig extends OpenBus {
  /** Asks for a task, by default of the backend. */
  delegate(taskId: string, fields?: DelegateFields): Promise<SendOutcome>;
  respond(agentId: string, taskId: string, payload?: Record<string, unknown>): Promise<SendOutcome>;
  report(agentId: string, taskId: string, payload: Record<string, unknown>): Promise<SendOutcome>;
  receive(agentId?: string, limit?: number): Promise<Lease[]>;
  acknowledge(agentId: string, leases: readonly Lease[]): Promise<readonly string[]>;
  task(taskId: string): Promise<Task>;
  cancel(taskId: string, as?: string): Promise<Task>;
  /** Resolves with the next event of a type, from the beginning of the session or after the last one it gave. */
  event(type: keyof typeof SessionEventType): Promise<SessionEvent>;
  /** Cases of all durable events. */
  story(): Promise<string[]>;
  /** Registers an agent and gives it a stream. */
  connect(agentId: string, capabilities?: string[]): Promise<Connection>;
}

export interface DelegateFields {
  readonly to?: string | { readonly role: string } | { readonly capability: string } | 'all';
  readonly from?: string;
  readonly routing?: Init<typeof RoutingSchema>;
  readonly step?: string;
  readonly parentTaskId?: string;
  /** Empty for a task outside of sessions. */
  readonly sessionId?: string;
  readonly metadata?: Record<string, string>;
}

export const SESSION = 'sess_a';

export interface TaskRigOptions extends OpenBusOptions {
  readonly session?: Exclude<Init<typeof CreateSessionRequestSchema>, { $typeName: string }>;
  /** Whether the session is there already. */
  readonly resume?: boolean;
}

export async function openTaskRig({ session = {}, resume = false, ...options }: TaskRigOptions = {}): Promise<TaskRig> {
  const open = await openBus(options);
  const { bus } = open;
  const never = new AbortController().signal;
  if (!resume) {
    await bus.sessions.create(anybody, notificationsSession({ sessionId: SESSION, workflow: {}, ...session } as never));
  }
  let seen = 0;
  const send = (fields: Exclude<Init<typeof EnvelopeSchema>, { $typeName: string }>) =>
    bus.messages.send(anybody, message(fields as never));
  const answer =
    (messageType: MessageType) =>
    (agentId: string, taskId: string, payload: Record<string, unknown> = {}) =>
      send({
        messageType,
        sender: { agentId, sessionId: SESSION },
        recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
        correlationId: taskId,
        content: { case: 'payload', value: payload as never },
      });
  return {
    ...open,
    delegate: (taskId, { to = BACKEND, from = ORCHESTRATOR, sessionId = SESSION, ...fields } = {}) =>
      send({
        messageId: taskId,
        messageType: MessageType.TASK_REQUEST,
        sender: { agentId: from, sessionId },
        recipient: { target: targetOf(to) },
        ...(fields as object),
      }),
    respond: answer(MessageType.TASK_RESPONSE),
    report: answer(MessageType.STATUS_UPDATE),
    receive: (agentId = BACKEND, limit = 100) =>
      bus.deliveries.receive(anybody, {
        agentId,
        instanceId: 'i',
        maxMessages: limit,
        waitMs: 0,
        leaseMs: 30_000,
        signal: never,
      }),
    async acknowledge(agentId, leases) {
      const ids = leases.map(({ deliveryId }) => deliveryId);
      return (await bus.deliveries.acknowledge(anybody, agentId, ids)).stale;
    },
    task: (taskId) => bus.tasks.get(anybody, { sessionId: SESSION, taskId, delegator: '' }),
    cancel: (taskId, as = ORCHESTRATOR) => {
      const caller = { ...anybody, agentId: as };
      return bus.tasks.cancel(caller, { sessionId: SESSION, taskId, delegator: '', reason: 'not needed' });
    },
    async event(type) {
      const query = {
        sessionId: SESSION,
        afterSequence: seen,
        types: [SessionEventType[type]],
        limit: 1,
        signal: never,
      };
      const { events } = await bus.sessions.events(anybody, { ...query, waitMs: 1_000 });
      const [event] = events;
      if (event === undefined) throw new Error(`there is no event ${type} after ${seen}`);
      seen = Number(event.sequence);
      return event;
    },
    async story() {
      await bus.flush();
      const query = { sessionId: SESSION, afterSequence: 0, types: [], limit: 1_000, waitMs: 0, signal: never };
      return (await bus.sessions.events(anybody, query)).events.map(({ body }) => body.case ?? '');
    },
    async connect(agentId, capabilities = []) {
      await bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId, capabilities }));
      const nothing = (): void => undefined;
      const ends = { fenced: nothing, unregistered: nothing, silent: nothing };
      return bus.agents.connect({ agentId, instanceId: 'i', inFlight: () => 0, ...ends });
    },
  };
}

function targetOf(to: NonNullable<DelegateFields['to']>) {
  if (to === 'all') return { case: 'allParticipants', value: true } as const;
  if (typeof to === 'string') return { case: 'agentId', value: to } as const;
  return 'role' in to
    ? ({ case: 'role', value: to.role } as const)
    : ({ case: 'capability', value: to.capability } as const);
}
