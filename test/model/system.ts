import { setImmediate as turn } from 'node:timers/promises';
import { create, fromBinary } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AgentDescriptorSchema } from '../../gen/ts/agentbus/v1/agent_pb.js';
import { Backoff, EnvelopeSchema, MessageType, ReplyMode } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  AddParticipantRequestSchema,
  CompleteSessionRequestSchema,
  CreateSessionRequestSchema,
  RemoveParticipantRequestSchema,
  TerminateSessionRequestSchema,
  UpdateSharedContextRequestSchema,
  UpdateWorkflowRequestSchema,
} from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { StepFailurePolicy, WorkflowMode } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import type { Connection } from '../../src/bus/agent/agents.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { BusError } from '../../src/bus/bus-error.ts';
import type { Caller } from '../../src/bus/caller.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import type { Consumer } from '../../src/bus/message/deliveries.ts';
import { incomingFromEnvelope } from '../../src/bus/message/incoming.ts';
import type { Engine, Lease } from '../../src/engine/engine.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createSeededRandom } from '../client/seeded-random.ts';
import { openInlineEngine } from '../engine/open-inline-engine.ts';
import { anybody } from '../open-bus.ts';
import type { EventLine } from './event-line.ts';
import type { Action, Answer, Outcome, Request, Target } from './reference/actions.ts';
import type { HandedOut } from './reference/mail.ts';
import { RULES } from './reference/world.ts';
import { createMixedSend } from './send-in-frames.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';
import { tapEngine } from './tapped-engine.ts';

/** What the bus was seen to do by itself, in order: events that it wrote, and mail that it gave to streams. */
export type Seen = EventLine | { readonly stream: string; readonly delivery: HandedOut };

/** A real bus under test, and how to speak to it in the words of the model. */
export interface System {
  readonly clock: SteppedClock;
  readonly engine: Engine;
  readonly bus: Bus;
  /** Faults that the bus reported. */
  readonly faults: string[];
  /** Deliveries that a stream has leased and was not given. */
  readonly onTheWay: ReadonlySet<string>;
  /** Sequences of the events of every session, in the order in which they were written. */
  readonly sequences: ReadonlyMap<string, number[]>;
  perform(action: Action): Promise<Outcome>;
  /** What was seen since the last call. */
  look(): Seen[];
  /** Resolves when all has followed that follows from what was done. */
  settle(): Promise<void>;
  /** Lets a scheduler hold back what the store does, from now on; without one it is done at once. */
  schedule(hold: Hold | undefined): void;
  close(): Promise<void>;
}

export type Hold = <T>(answer: Promise<T>, label: string) => Promise<T>;

/** Agents that the runs know; those that are not registered live in rosters alone. */
export const AGENTS = {
  'lead://o': { registered: true, able: false },
  'work://a': { registered: true, able: true },
  'work://b': { registered: true, able: true },
  'work://c': { registered: false, able: false },
  'work://d': { registered: true, able: true },
} as const;

export const CAPABILITY = 'build';
const START = Date.parse('2026-01-01T00:00:00Z');

export async function openSystem(): Promise<System> {
  const clock = createSteppedClock(START);
  const random = createSeededRandom(1);
  const faults: string[] = [];
  const sequences = new Map<string, number[]>();
  let seen: Seen[] = [];
  let hold: Hold | undefined;
  /** Batches that the store has yet to do. */
  let batches = 0;
  /** Deliveries that a stream leased and was not given yet. */
  const onTheWay = new Set<string>();
  const streams = new Map<string, { holder: string; connection: Connection; consumer: Consumer }>();
  let connections = 0;
  const engine = await openInlineEngine({
    clock,
    random,
    limits: STORE_LIMITS,
    observer: {},
    defer(run) {
      // A turn of the event loop for each batch, as from a thread: what was answered before has been heard by then.
      batches++;
      const runBatch = () => {
        batches--;
        run();
      };
      if (hold === undefined) setImmediate(runBatch);
      else void hold(Promise.resolve(), 'store').then(runBatch);
    },
  });
  const openGeneration = () =>
    createBus({
      engine: tapEngine({
        engine,
        wrote(lines, numbers) {
          for (const [index, { session }] of lines.entries()) {
            sequences.set(session, [...(sequences.get(session) ?? []), numbers[index] ?? 0]);
          }
          seen.push(...lines);
        },
        leased({ agentId, holder }, leases) {
          // What a stream leased that was replaced meanwhile goes back unseen.
          if (holder !== streams.get(agentId)?.holder) return;
          seen.push(...leases.map((lease) => ({ stream: agentId, delivery: handedOut(lease) })));
          for (const { deliveryId } of leases) onTheWay.add(deliveryId);
        },
        hold: (answer, label) => (hold === undefined ? answer : hold(answer, label)),
      }),
      clock,
      random,
      observer: { failed: (error) => void faults.push(error.stack ?? error.message) },
      heartbeatIntervalMs: RULES.heartbeatMs,
      taskLeaseMs: RULES.taskLeaseMs,
    });
  let bus = await openGeneration();
  const send = createMixedSend(() => bus.messages);
  for (const [agentId, { registered, able }] of Object.entries(AGENTS)) {
    const capabilities = able ? [CAPABILITY] : [];
    if (registered) await bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId, capabilities }));
  }

  function disconnect(agentId: string): void {
    const stream = streams.get(agentId);
    streams.delete(agentId);
    stream?.connection.heard();
    stream?.consumer.close();
    stream?.connection.close();
  }

  function connect(agentId: string, credit: number): void {
    // A second stream of one instance takes the place of the first.
    disconnect(agentId);
    const holder = `stream ${++connections}`;
    const nothing = (): void => undefined;
    const events = { fenced: nothing, unregistered: nothing, silent: nothing };
    const connection = bus.agents.connect({ agentId, instanceId: 'stream', inFlight: () => 0, ...events });
    const consumer = bus.deliveries.consume({
      agentId,
      holder,
      maxInFlight: credit,
      leaseMs: RULES.streamLeaseMs,
      deliver(leases) {
        for (const { deliveryId } of leases) onTheWay.delete(deliveryId);
        return true;
      },
      failed: (error) => void faults.push(String(error)),
    });
    streams.set(agentId, { holder, connection, consumer });
  }

  async function settle(action: Extract<Action, { does: 'acknowledge' | 'reject' | 'extend' }>): Promise<Outcome> {
    const { agent } = action;
    if (action.does === 'acknowledge') return await bus.deliveries.acknowledge(anybody, agent, action.ids);
    const deliveryIds = [action.id];
    if (action.does === 'extend')
      return await bus.deliveries.extend(anybody, agent, { deliveryIds, leaseMs: action.leaseMs });
    const disposition = action.how === 'drop' ? action.how : { requeueDelayMs: action.how };
    return await bus.deliveries.reject(anybody, agent, { deliveryIds, disposition, reason: 'not now' });
  }

  async function inSession(action: Extract<Action, { session: string }>): Promise<void> {
    const { sessions } = bus;
    const sessionId = action.session;
    switch (action.does) {
      case 'create':
        await sessions.create(anybody, newSession(action));
        return;
      case 'place': {
        const { current: currentStep, completed: completedSteps, pending: pendingSteps } = action.position;
        const position = {
          sessionId,
          currentStep,
          completedSteps: [...completedSteps],
          pendingSteps: [...pendingSteps],
        };
        await sessions.updateWorkflow(anybody, create(UpdateWorkflowRequestSchema, position));
        return;
      }
      case 'context': {
        const change = { case: 'mergePatch' as const, value: { at: clock.now() } };
        const expected = action.expected !== undefined && { expectedRevision: BigInt(action.expected) };
        await sessions.updateSharedContext(
          anybody,
          create(UpdateSharedContextRequestSchema, { sessionId, change, ...expected }),
        );
        return;
      }
      case 'join': {
        const participant = { agentId: action.agent, role: action.role };
        await sessions.addParticipant(anybody, create(AddParticipantRequestSchema, { sessionId, participant }));
        return;
      }
      case 'leave':
        await sessions.removeParticipant(
          anybody,
          create(RemoveParticipantRequestSchema, { sessionId, agentId: action.agent }),
        );
        return;
      case 'end':
        if (action.how === 'COMPLETED')
          await sessions.complete(anybody, create(CompleteSessionRequestSchema, { sessionId }));
        else await sessions.terminate(anybody, create(TerminateSessionRequestSchema, { sessionId, reason: 'enough' }));
        return;
      case 'cancel':
        await bus.tasks.cancel(as(action.as), { sessionId, taskId: action.task, delegator: '', reason: '' });
        return;
      default:
        throw new Error(`${action.does} is a message`);
    }
  }

  async function act(action: Action): Promise<Outcome> {
    switch (action.does) {
      case 'request':
      case 'answer':
      case 'report':
      case 'say':
        return await send(as(action.from), incomingFromEnvelope(envelopeOf(action)));
      case 'receive': {
        const { agent: agentId, max: maxMessages, leaseMs } = action;
        const { signal } = new AbortController();
        const query = { agentId, instanceId: 'call', maxMessages, waitMs: 0, leaseMs, signal };
        return { deliveries: (await bus.deliveries.receive(anybody, query)).map(handedOut) };
      }
      case 'acknowledge':
      case 'reject':
      case 'extend':
        return await settle(action);
      case 'connect':
        connect(action.agent, action.credit);
        return {};
      case 'disconnect':
        disconnect(action.agent);
        return {};
      case 'beat':
        bus.agents.heartbeat(anybody, { agentId: action.agent, instanceId: 'call', load: 0, note: '' });
        return {};
      case 'restart':
        for (const agentId of [...streams.keys()]) disconnect(agentId);
        await bus.close();
        bus = await openGeneration();
        return {};
      case 'wait':
        clock.moveTo(Math.min(action.until, Math.max(clock.nextDue, clock.now())));
        return { now: clock.now() };
      default:
        await inSession(action);
        return {};
    }
  }

  return {
    clock,
    engine,
    get bus() {
      return bus;
    },
    faults,
    sequences,
    onTheWay,
    async perform(action) {
      try {
        return await act(action);
      } catch (error) {
        if (error instanceof BusError) return { error: error.reason };
        throw error;
      }
    },
    look() {
      const news = seen;
      seen = [];
      return news;
    },
    async settle() {
      do await turn();
      while (batches > 0 && hold === undefined);
    },
    schedule(next) {
      hold = next;
    },
    async close() {
      for (const agentId of [...streams.keys()]) disconnect(agentId);
      await bus.close();
      await engine.close();
    },
  };
}

function as(agentId: string): Caller {
  return { principal: { name: 'model', agents: ['*'] }, agentId };
}

function newSession({ session, orchestrator, roster, automatic, steps }: Extract<Action, { does: 'create' }>) {
  return create(CreateSessionRequestSchema, {
    sessionId: session,
    orchestrator,
    participants: roster.map(({ agent, role }) => ({ agentId: agent, role })),
    workflow: {
      mode: automatic ? WorkflowMode.AUTOMATIC : WorkflowMode.MANUAL,
      steps: steps.map(({ name, requires, after, onFailure }) => ({
        name,
        requiredAgents: [...requires],
        dependsOn: { steps: [...after] },
        onFailure: StepFailurePolicy[onFailure],
      })),
    },
  });
}

function envelopeOf(message: Request | Answer | Extract<Action, { does: 'say' }>) {
  const base = { messageId: message.id, sender: { agentId: message.from, sessionId: message.session } };
  if (message.does === 'say') {
    const recipient = { target: { case: 'agentId' as const, value: message.to } };
    return create(EnvelopeSchema, { ...base, recipient, messageType: MessageType.NOTIFICATION });
  }
  if (message.does === 'request') {
    const { timeoutMs, retries, backoff, initialMs, maxMs, fallbacks, expiresAt, keptInSession } = message.routing;
    return create(EnvelopeSchema, {
      ...base,
      recipient: { target: targetOf(message.to) },
      messageType: MessageType.TASK_REQUEST,
      priority: message.priority,
      step: message.step,
      parentTaskId: message.parent,
      routing: {
        ...(timeoutMs !== undefined && { timeout: durationFromMs(timeoutMs) }),
        retryPolicy: {
          maxRetries: retries,
          backoff: Backoff[backoff],
          initialDelay: durationFromMs(initialMs),
          maxDelay: durationFromMs(maxMs),
        },
        fallbackAgents: [...fallbacks],
        ...(expiresAt !== undefined && { expiresAt: timestampFromMs(expiresAt) }),
        replyMode: keptInSession ? ReplyMode.SESSION : ReplyMode.MAILBOX,
      },
      content: { case: 'payload', value: { content: message.content } },
    });
  }
  const isAnswer = message.does === 'answer';
  return create(EnvelopeSchema, {
    ...base,
    recipient: { target: { case: 'agentId', value: message.to } },
    messageType: isAnswer ? MessageType.TASK_RESPONSE : MessageType.STATUS_UPDATE,
    correlationId: message.task,
    content: {
      case: 'payload',
      value: isAnswer ? { status: message.failed ? 'failed' : 'done' } : { progress: message.progress },
    },
  });
}

function targetOf(to: Target) {
  if (to === 'all') return { case: 'allParticipants' as const, value: true };
  if ('role' in to) return { case: 'role' as const, value: to.role };
  if ('capability' in to) return { case: 'capability' as const, value: to.capability };
  return { case: 'agentId' as const, value: to.agent };
}

/** The bus's own messages are known by what they say: their ids are nobody's business. */
function handedOut({ deliveryId, sender, messageId, attempt, acceptedAt, envelope, leaseExpiresAt }: Lease): HandedOut {
  const delivery = { deliveryId, from: sender, attempt, acceptedAt, until: leaseExpiresAt };
  if (sender !== 'agentbus://bus') return { ...delivery, what: messageId };
  const { content } = fromBinary(EnvelopeSchema, envelope);
  const { event, task_id } = content.case === 'payload' ? content.value : {};
  return { ...delivery, what: `${event} ${task_id}` };
}
