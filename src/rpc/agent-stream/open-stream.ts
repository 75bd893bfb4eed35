import { create } from '@bufbuild/protobuf';
import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import {
  ErrorFrameSchema,
  type Hello,
  StreamLimitsSchema,
  type Welcome,
  WelcomeSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Connection } from '../../bus/agent/agents.ts';
import { GONE_INTERVALS } from '../../bus/agent/presence.ts';
import { BusError } from '../../bus/bus-error.ts';
import type { Caller } from '../../bus/caller.ts';
import type { Consumer } from '../../bus/message/deliveries.ts';
import { mintId } from '../../lib/ids.ts';
import { CALL_LIMITS, MESSAGE_LIMITS, RPC_LIMITS, STREAM_LIMITS } from '../../limits.ts';
import { createAnswers } from './answers.ts';
import type { Budget } from './budget.ts';
import type { InboundFrame } from './frames.ts';
import type { Outbound } from './outbound.ts';
import { startPulse } from './pulse.ts';
import { createSends } from './sends.ts';
import { followServerDrain } from './server-drain.ts';
import type { StreamContext } from './stream-context.ts';
import { startStreamReceipts } from './stream-receipts.ts';
import { createStreamSettlements } from './stream-settlements.ts';
import { createWatches } from './watches.ts';

/** Version of the protocol that this is. */
export const PROTOCOL_VERSION = 1;

export interface OpenStreamOptions {
  readonly context: StreamContext;
  /** Who calls, acting as the agent of the hello. */
  readonly caller: Caller;
  readonly hello: Hello;
  readonly outbound: Outbound;
  readonly budget: Budget;
  /** Ends the stream at once. */
  end(error: unknown): void;
}

/** A stream after its hello. */
export interface OpenStream {
  /** Any frame came. */
  heard(): void;
  /** Acts on a frame. Never waits; never throws. */
  take(frame: Exclude<InboundFrame, { case: 'hello' }>): void;
  /** Tells the client that a frame was refused. */
  refuse(error: unknown, sessionId: string): void;
  /** Takes and gives nothing new; resolves when everything that came was answered. */
  windUp(): Promise<void>;
  /** Lets go of everything at once: deliveries are available to others before this returns. Safe to call twice. */
  close(): void;
}

/** Puts a stream in its place: presence, mail, receipts, watches, heartbeats. The agent is registered. Throws LIMIT_REACHED. */
export function openStream(options: OpenStreamOptions): OpenStream {
  const { context, caller, hello, outbound, budget, end } = options;
  const { bus, clock, random, drain, statusOf, heartbeatIntervalMs } = context;
  const credit = creditOf(hello);
  const leaseMs = hello.lease === undefined ? CALL_LIMITS.defaultLeaseMs : durationMs(hello.lease);
  const connectionId = mintId('conn', random);

  // The connection comes first: it fences the one before, whose deliveries must be back when this one asks for mail.
  let inFlight = (): number => 0;
  const connection = connect(options, () => inFlight());
  outbound.push({ case: 'welcome', value: welcome(context, { connectionId, credit, leaseMs }) });
  const consumer = openConsumer(options, { connectionId, credit, leaseMs });
  inFlight = () => consumer.inFlight;
  const answers = createAnswers(budget);
  const settlements = createStreamSettlements({
    consumer,
    answers,
    outbound,
    confirm: hello.confirmSettlements,
    statusOf,
  });
  const send = createSends({ messages: bus.messages, caller, answers, outbound, statusOf });
  const refuse = (error: unknown, sessionId: string): void => {
    const frame = { case: 'error', value: create(ErrorFrameSchema, { error: statusOf(error), sessionId }) } as const;
    answers.open(STREAM_LIMITS.minAnswerBytes, outbound.push)(frame);
  };
  const watches = createWatches({ sessions: bus.sessions, caller, outbound, refuse });
  const receipts = startStreamReceipts({ receipts: bus.receipts, agentId: hello.agent?.agentId ?? '', outbound });
  const pulse = startPulse({ clock, outbound, heartbeatIntervalMs, setStalled: connection.setStalled, tooSlow: end });
  const isQuiet = (): boolean => consumer.inFlight === 0 && answers.idle && outbound.empty;
  const serverDrain = followServerDrain({ drain, clock, random, outbound, begin: consumer.drain, isQuiet, end });
  for (const frame of hello.watchSessions) watches.watch(frame);
  return {
    heard: connection.heard,
    take(frame) {
      switch (frame.case) {
        case 'send':
          return send(frame.value);
        case 'ack':
          return settlements.acknowledge(frame.value.deliveryIds);
        case 'reject':
          return settlements.reject(frame.value);
        case 'extend':
          return settlements.extend(frame.value.deliveryIds);
        case 'heartbeat':
          return connection.heartbeat(frame.value);
        case 'watch':
          return watches.watch(frame.value);
        case 'unwatch':
          return watches.unwatch(frame.value.sessionId);
        case 'drain':
          return consumer.drain();
      }
    },
    refuse,
    windUp() {
      consumer.close();
      watches.stop();
      return answers.settled();
    },
    close() {
      consumer.close(outbound.unsentDeliveries());
      connection.close();
      watches.stop();
      receipts.stop();
      pulse.stop();
      serverDrain.stop();
    },
  };
}

function connect({ context, hello, budget, end }: OpenStreamOptions, inFlight: () => number): Connection {
  const agentId = hello.agent?.agentId ?? '';
  const { instanceId } = hello;
  const limitMs = context.heartbeatIntervalMs * GONE_INTERVALS;
  return context.bus.agents.connect({
    agentId,
    instanceId,
    inFlight,
    fenced() {
      const facts = { agent_id: agentId, instance_id: instanceId };
      end(
        new BusError('STREAM_FENCED', `a newer stream of ${agentId} ${instanceId} took the place of this one`, facts),
      );
    },
    unregistered: () => end(new BusError('AGENT_NOT_FOUND', `${agentId} was unregistered`, { agent_id: agentId })),
    silent() {
      // While the bus itself does not read, silence says nothing; a client that does not read either is ended as slow.
      if (budget.exhausted) return;
      end(new BusError('HEARTBEAT_TIMEOUT', `nothing was heard for ${limitMs} ms`, { limit_seconds: limitMs / 1_000 }));
    },
  });
}

interface Terms {
  readonly connectionId: string;
  readonly credit: number;
  readonly leaseMs: number;
}

function openConsumer({ context, hello, outbound, end }: OpenStreamOptions, terms: Terms): Consumer {
  const consumer: Consumer = context.bus.deliveries.consume({
    agentId: hello.agent?.agentId ?? '',
    holder: terms.connectionId,
    maxInFlight: terms.credit,
    leaseMs: terms.leaseMs,
    deliver(leases) {
      outbound.deliver(leases);
      if (outbound.hasRoom) return true;
      void outbound.room().then(() => consumer.ready());
      return false;
    },
    failed: end,
  });
  return consumer;
}

function creditOf({ sendOnly, maxInFlight }: Hello): number {
  return sendOnly ? 0 : maxInFlight || STREAM_LIMITS.defaultMaxInFlight;
}

function welcome(
  { heartbeatIntervalMs, serverVersion }: StreamContext,
  { connectionId, credit, leaseMs }: Terms,
): Welcome {
  return create(WelcomeSchema, {
    connectionId,
    heartbeatInterval: durationFromMs(heartbeatIntervalMs),
    limits: create(StreamLimitsSchema, {
      maxInFlight: credit,
      maxEnvelopeBytes: MESSAGE_LIMITS.maxEnvelopeBytes,
      maxFrameBytes: RPC_LIMITS.maxRequestBytes,
      lease: durationFromMs(leaseMs),
    }),
    serverVersion,
    protocolVersion: PROTOCOL_VERSION,
  });
}
