import { create, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { EnvelopeSchema, MessageType } from '../gen/ts/agentbus/v1/envelope_pb.js';
import { CreateSessionRequestSchema } from '../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../src/bus/bus.ts';
import type { Caller } from '../src/bus/caller.ts';
import { createBus } from '../src/bus/create-bus.ts';
import { incomingFromEnvelope } from '../src/bus/message/incoming.ts';
import type { BusObserver } from '../src/bus/observer.ts';
import type { Engine, EngineLimits } from '../src/engine/engine.ts';
import { openEngine } from '../src/engine/open.ts';
import { createSystemRandom, type Random } from '../src/lib/random.ts';
import { STORE_LIMITS } from '../src/limits.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

/** A real bus on a real engine, with time in the test's hands. */
export interface OpenBus {
  readonly bus: Bus;
  readonly engine: Engine;
  readonly clock: FakeClock;
}

export interface OpenBusOptions {
  /** `:memory:` by default. */
  readonly dataDir?: string;
  readonly clock?: FakeClock;
  readonly observer?: BusObserver;
  readonly limits?: Partial<EngineLimits>;
  readonly defaultMessageTtlMs?: number;
  /** Of the system by default. */
  readonly random?: Random;
  /** Puts something between the bus and its engine. */
  wrap?(engine: Engine): Engine;
}

export async function openBus(options: OpenBusOptions = {}): Promise<OpenBus> {
  const clock = options.clock ?? createFakeClock();
  const random = options.random ?? createSystemRandom();
  const observer = options.observer ?? {};
  const dataDir = options.dataDir ?? ':memory:';
  const limits = { ...STORE_LIMITS, ...options.limits };
  const opened = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits, observer });
  const engine = options.wrap?.(opened) ?? opened;
  const { defaultMessageTtlMs } = options;
  const ttl = defaultMessageTtlMs === undefined ? {} : { defaultMessageTtlMs };
  const bus = await createBus({
    engine,
    clock,
    random,
    observer,
    heartbeatIntervalMs: 15_000,
    taskLeaseMs: 30_000,
    ...ttl,
  });
  return { bus, engine, clock };
}

/** A caller whose key may speak as these agents. */
export function callerFor(...agents: string[]): Caller {
  return { principal: { name: 'test', agents } };
}

/** A caller whose key may speak as anybody. */
export const anybody = callerFor('*');

export const ORCHESTRATOR = 'claude-code://orchestrator';
export const BACKEND = 'opencode://backend';
export const FRONTEND = 'codex://frontend';
export const QA = 'claude-code://qa';

/** Some fields of a message, to lay over others. */
type Fields<Desc extends DescMessage> = Exclude<MessageInitShape<Desc>, MessageShape<Desc>>;

/** The tutorial's session. */
export function notificationsSession(fields: Fields<typeof CreateSessionRequestSchema> = {}) {
  return create(CreateSessionRequestSchema, {
    orchestrator: ORCHESTRATOR,
    participants: [
      { agentId: BACKEND, role: 'implementer' },
      { agentId: FRONTEND, role: 'implementer' },
      { agentId: QA, role: 'reviewer' },
    ],
    workflow: {
      steps: [
        { name: 'design', requiredAgents: [ORCHESTRATOR] },
        { name: 'implementation', requiredAgents: [BACKEND, FRONTEND] },
        { name: 'review', requiredAgents: [QA] },
      ],
    },
    sharedContext: { project: 'feature/notifications' },
    ...fields,
  });
}

let messages = 0;

/** A message from the orchestrator to the backend; fields are overridden as the test needs. */
export function message(fields: Fields<typeof EnvelopeSchema> = {}) {
  return incomingFromEnvelope(
    create(EnvelopeSchema, {
      messageId: `m-${messages++}`,
      sender: { agentId: ORCHESTRATOR },
      recipient: { target: { case: 'agentId', value: BACKEND } },
      messageType: MessageType.NOTIFICATION,
      content: { case: 'payload', value: { text: 'hello' } },
      ...fields,
    }),
  );
}
