import pino from 'pino';
import { onTestFinished } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createRoutes } from '../../src/rpc/routes.ts';
import type { PortLimits } from '../../src/server/one-port.ts';
import { callJson, type JsonAnswer } from '../call-json.ts';
import { startServer } from '../server/start-server.ts';
import { createCountingClock } from './counting-clock.ts';
import { connectRawPeer, type RawPeer } from './raw-peer.ts';

export interface StartBusOptions {
  /** Ten minutes by default, so that no silence ends what a test did not. */
  readonly heartbeatIntervalMs?: number;
  /** Deliveries that fail until a message is a dead letter; default 5. */
  readonly maxDeliveries?: number;
  readonly limits?: Partial<PortLimits>;
}

/** A bus with its port on the clock of the machine, in this process; it ends with the test. */
export interface StartedBus {
  readonly bus: Bus;
  readonly engine: Engine;
  readonly address: string;
  readonly apiKey: string;
  connect(options?: { address?: string; apiKey?: string; windowBytes?: number }): Promise<RawPeer>;
  register(agentId: string): Promise<void>;
  call(method: string, body: unknown): Promise<JsonAnswer>;
  /** Sends a notification; it is on disk when this resolves. */
  send(agentId: string, messageId: string, more?: Record<string, unknown>): Promise<void>;
  /** What became of a message in the mailbox of its one recipient, as GetMessageStatus has it. */
  status(messageId: string, sender?: string): Promise<MessageStatus | undefined>;
  /** Timers that are set now, of bus, engine and port together. */
  timers(): number;
  /** A gauge or counter as `/metrics` has it. */
  metric(name: string): Promise<number>;
}

/** As JSON has it. */
export interface MessageStatus {
  readonly state: string;
  readonly attempt?: number;
  readonly reason?: string;
}

export const SENDER = 'claude-code://sender';
/** A key that may speak as agents of another framework only. */
export const STRANGERS_KEY = 'a-strangers-key';
const API_KEY = 'a-key';

const keys = {
  find(key: string) {
    if (key === API_KEY) return { name: 'tests', agents: ['*'] };
    return key === STRANGERS_KEY ? { name: 'strangers', agents: ['stranger://*'] } : undefined;
  },
};

export async function startBus({
  heartbeatIntervalMs = 600_000,
  maxDeliveries = STORE_LIMITS.maxDeliveries,
  limits = {},
}: StartBusOptions = {}): Promise<StartedBus> {
  const clock = createCountingClock(createSystemClock());
  const random = createSystemRandom();
  const storeLimits = { ...STORE_LIMITS, maxDeliveries };
  const store = { engine: 'sqlite', dataDir: ':memory:', clock, random, limits: storeLimits, observer: {} };
  const engine = await openEngine(store);
  const bus = await createBus({ engine, clock, random, observer: {}, heartbeatIntervalMs, taskLeaseMs: 30_000 });
  onTestFinished(() => bus.close());
  // A log that is kept would count as memory.
  const log = pino({ level: 'silent' });
  const { url: address } = await startServer({
    routes: createRoutes(bus),
    keys,
    clock,
    heartbeatIntervalMs,
    limits,
    log,
    maxConnections: 1_000,
  });
  const call = (method: string, body: unknown): Promise<JsonAnswer> =>
    callJson({ address, apiKey: API_KEY, method, body });
  return {
    bus,
    engine,
    address,
    apiKey: API_KEY,
    async connect(options) {
      const peer = await connectRawPeer({ address, apiKey: API_KEY, ...options });
      onTestFinished(() => peer.leave());
      return peer;
    },
    async register(agentId) {
      await call('AgentService/RegisterAgent', { agent: { agent_id: agentId } });
    },
    call,
    async send(agentId, messageId, more = {}) {
      const message = {
        message_id: messageId,
        sender: { agent_id: SENDER },
        recipient: { agent_id: agentId },
        message_type: 'MESSAGE_TYPE_NOTIFICATION',
        ...more,
      };
      const { status, body } = await call('MessageService/SendMessage', { message });
      if (status !== 200) throw new Error(`the bus refused ${messageId}: ${JSON.stringify(body)}`);
    },
    async status(messageId, sender = SENDER) {
      const { body } = await call('MessageService/GetMessageStatus', { sender, message_id: messageId });
      return body.statuses?.[0];
    },
    timers: () => clock.pending,
    async metric(name) {
      const text = await (await fetch(`${address}/metrics`)).text();
      const value = new RegExp(`^agentbus_${name} (\\S+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`there is no metric ${name}`);
      return Number(value);
    },
  };
}
