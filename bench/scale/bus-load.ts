import { create } from '@bufbuild/protobuf';
import { AgentDescriptorSchema } from '../../gen/ts/agentbus/v1/agent_pb.js';
import { EnvelopeSchema, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { CreateSessionRequestSchema } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../../src/bus/bus.ts';
import type { Caller } from '../../src/bus/caller.ts';
import { type IncomingMessage, incomingFromEnvelope } from '../../src/bus/message/incoming.ts';
import type { Lease } from '../../src/engine/engine.ts';
import type { Load } from './engine-load.ts';

const BATCH = 64;
const LANES = 16;
const PAYLOAD_BYTES = 180;
/** Registrations and sessions on their way together, while the bus is made ready. */
const TOGETHER = 256;

const ANYBODY: Caller = { principal: { name: 'bench', agents: ['*'] } };

export interface BusLoadOptions {
  /** Registered, each with a consumer that acknowledges what it gets. */
  readonly agents: readonly string[];
  /** Sessions, of each of which every message is recorded; 0 for messages outside of sessions. */
  readonly sessions: number;
}

export async function createBusLoad(bus: Bus, { agents, sessions }: BusLoadOptions): Promise<Load> {
  await inGroups(agents, (agentId) =>
    bus.agents.register(ANYBODY, create(AgentDescriptorSchema, { agentId, capabilities: ['bench'] })),
  );
  const sessionIds = Array.from({ length: sessions }, (_, index) => `bench-${process.pid}-${index}`);
  await inGroups(sessionIds, (sessionId, index) => {
    const [orchestrator, assignee] = membersOf(index, agents);
    return bus.sessions.create(
      ANYBODY,
      create(CreateSessionRequestSchema, { sessionId, orchestrator, participants: [{ agentId: assignee }] }),
    );
  });
  const settled = createCountdown();
  for (const agentId of agents) takeAll(bus, agentId, settled.count);
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'x').toString();
  let named = 0;
  const messageFor = (place: number): IncomingMessage => {
    const sessionId = sessions === 0 ? '' : (sessionIds[place % sessions] as string);
    const [from, to] = membersOf(sessions === 0 ? place : place % sessions, agents);
    return incomingFromEnvelope(
      create(EnvelopeSchema, {
        messageId: `sent-${process.pid}-${++named}`,
        sender: { agentId: from, sessionId },
        recipient: { target: { case: 'agentId', value: to } },
        messageType: MessageType.NOTIFICATION,
        content: { case: 'payload', value: { text: payload } },
      }),
    );
  };
  let next = 0;
  const runLane = async (until: number): Promise<number> => {
    let rounds = 0;
    while (performance.now() < until) {
      const place = next++;
      await Promise.all(Array.from({ length: BATCH }, () => bus.messages.send(ANYBODY, messageFor(place))));
      rounds += BATCH;
    }
    return rounds;
  };
  return async (ms) => {
    const until = performance.now() + ms;
    const rounds = await Promise.all(Array.from({ length: LANES }, () => runLane(until)));
    const total = rounds.reduce((sum, count) => sum + count, 0);
    await settled.reach(total);
    return total;
  };
}

/** Whoever sends in a session, or outside of one, and whoever gets it. */
function membersOf(place: number, agents: readonly string[]): [string, string] {
  const at = (index: number): string => agents[index % agents.length] as string;
  return [at(place), at(place + 1)];
}

function takeAll(bus: Bus, agentId: string, acknowledged: (count: number) => void): void {
  const fail = (error: unknown): never => {
    throw error;
  };
  const deliver = (leases: readonly Lease[]): boolean => {
    void consumer.acknowledge(leases.map(({ deliveryId }) => deliveryId)).then(() => acknowledged(leases.length), fail);
    return true;
  };
  const credit = { holder: `${agentId}#bench`, maxInFlight: BATCH * LANES, leaseMs: 30_000 };
  const consumer = bus.deliveries.consume({ agentId, ...credit, deliver, failed: fail });
}

/** Counts what is done, and tells when so many more are. */
function createCountdown() {
  let done = 0;
  let reached = 0;
  let wake: (() => void) | undefined;
  return {
    count(more: number): void {
      done += more;
      wake?.();
    },
    reach(more: number): Promise<void> {
      reached += more;
      return new Promise((resolve) => {
        wake = () => {
          if (done >= reached) resolve();
        };
        wake();
      });
    },
  };
}

async function inGroups<T>(items: readonly T[], act: (item: T, index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += TOGETHER) {
    await Promise.all(items.slice(from, from + TOGETHER).map((item, index) => act(item, from + index)));
  }
}
