import { create, type MessageInitShape } from '@bufbuild/protobuf';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import {
  AgentStreamRequestSchema,
  type AgentStreamResponse,
  type Hello,
  type HelloSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Bus } from '../../../src/bus/bus.ts';
import type { Caller } from '../../../src/bus/caller.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { type AgentStream, createAgentStream } from '../../../src/rpc/agent-stream/agent-stream.ts';
import { deliveryFromLease } from '../../../src/rpc/agent-stream/conversions.ts';
import { arrivalOf, responseOf } from '../../../src/rpc/agent-stream/typed-frames.ts';
import { createDrainSignal, type DrainControl } from '../../../src/rpc/drain-signal.ts';
import { toErrorStatus } from '../../../src/rpc/errors.ts';
import type { FakeClock } from '../../fake-clock.ts';
import { type OpenBusOptions, openBus } from '../../open-bus.ts';

export const INTERVAL = 15_000;
export const AGENT = 'codex://worker';
export const PEER = 'claude-code://peer';
export const ALL: Caller = { principal: { name: 'all', agents: ['*'] } };

export type Frame = Exclude<AgentStreamResponse['frame'], { case: undefined }>;
type FrameInit = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;
type HelloInit = Exclude<MessageInitShape<typeof HelloSchema>, Hello>;

/** Streams without a transport, on a real bus, with time in the test's hands. */
export interface Rig {
  readonly bus: Bus;
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly drain: DrainControl;
  /** A stream that has said nothing. */
  connect(caller?: Caller): TestStream;
  /** A stream that was welcomed. */
  open(hello?: HelloInit): Promise<TestStream>;
}

/** One side of a conversation. */
export interface TestStream {
  readonly machine: AgentStream;
  /** Says something; resolves when the stream would read more. */
  say(frame: FrameInit): Promise<void>;
  /** The next frame. */
  next(): Promise<Frame>;
  /** The next frame, which must be of this kind. */
  nextOf<Case extends Frame['case']>(name: Case): Promise<Extract<Frame, { case: Case }>['value']>;
  /** Resolves with the error that the stream ends with, reading whatever comes before it. */
  failure(): Promise<unknown>;
}

export async function openRig(options: OpenBusOptions = {}): Promise<Rig> {
  const { bus, engine, clock } = await openBus(options);
  onTestFinished(() => bus.close());
  const drain = createDrainSignal();
  const log = pino({ level: 'silent' });
  const context = {
    bus,
    clock,
    drain,
    random: createSystemRandom(),
    statusOf: (error: unknown) => toErrorStatus(error, log),
    serverVersion: '0.0.0-test',
    heartbeatIntervalMs: INTERVAL,
  };
  const connect = (caller = ALL): TestStream => testStream(createAgentStream(caller, context));
  return {
    bus,
    engine,
    clock,
    drain,
    connect,
    async open(hello) {
      const stream = connect();
      await stream.say({ case: 'hello', value: { agent: { agentId: AGENT }, instanceId: 'i-1', ...hello } });
      await stream.nextOf('welcome');
      return stream;
    },
  };
}

function testStream(machine: AgentStream): TestStream {
  onTestFinished(() => machine.end(new Error('the test is over')));
  const next = async (): Promise<Frame> => {
    const frame = await machine.next();
    if (frame === undefined) throw new Error('the stream ended well');
    return responseOf(frame, deliveryFromLease).frame as Frame;
  };
  return {
    machine,
    say: async (frame) => machine.take(arrivalOf(create(AgentStreamRequestSchema, { frame }))),
    next,
    async nextOf(name) {
      const frame = await next();
      if (frame.case !== name)
        throw new Error(`expected ${name}, got ${frame.case}: ${JSON.stringify(frame.value, bigints)}`);
      return frame.value as never;
    },
    async failure() {
      try {
        for (let frame = await machine.next(); frame !== undefined; frame = await machine.next());
      } catch (error) {
        return error;
      }
      throw new Error('the stream ended well');
    },
  };
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** A message to the agent under test. */
export function envelope(messageId: string, fields: MessageInitShape<typeof EnvelopeSchema> = {}) {
  return create(EnvelopeSchema, {
    messageId,
    sender: { agentId: PEER },
    recipient: { target: { case: 'agentId', value: AGENT } },
    messageType: MessageType.NOTIFICATION,
    ...(fields as object),
  });
}
