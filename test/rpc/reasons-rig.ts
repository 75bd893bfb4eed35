import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { onTestFinished } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { createBus } from '../../src/bus/create-bus.ts';
import type { Engine, Write } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createRoutes } from '../../src/rpc/routes.ts';
import { callJson } from '../call-json.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { startServer, type TestServer } from '../server/start-server.ts';
import { openStream, type StreamClient } from './stream-client.ts';

/** A refusal as its client saw it. */
export interface Refusal {
  readonly reason: string | undefined;
  /** As gRPC spells it: `NOT_FOUND`. */
  readonly status: string;
  /** Absent on a gRPC stream, whose HTTP status is 200 whatever happens. */
  readonly http?: number;
  readonly facts: Readonly<Record<string, string>>;
}

/** What the engine does otherwise than it should, from the moment it is set. */
export interface Faults {
  /** Changes a write on its way to the engine. */
  write?: (write: Write) => Write;
  /** Called when sessions are listed. */
  list?: () => void;
}

/** A bus with one session on a real engine that can be made to fail, with a real port, and time in the test's hands. */
export interface ReasonsRig extends Pick<TestServer, 'server' | 'lines'> {
  readonly clock: FakeClock;
  readonly engine: Engine;
  readonly faults: Faults;
  /** A call as `curl` makes it, by default with a key of everybody. */
  call(method: string, body: unknown, options?: CallOptions): Promise<Refusal>;
  /** A call that must succeed, on the way to one that does not. Gives the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  good(method: string, body: unknown): Promise<any>;
  /** A gRPC stream of everybody's that has said nothing. */
  stream(): StreamClient;
  /** One of the backend's that was welcomed. */
  open(hello?: object): Promise<StreamClient>;
}

export interface CallOptions {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The key of the backend alone. */
export const NARROW_KEY = 'narrow';
export const SESSION = 'sess_a';
/** Messages that a mailbox may hold. */
export const MAILBOX_MESSAGES = 2;
export const HEARTBEAT_MS = 15_000;

const KEY = 'everybody';
const PRINCIPALS = new Map([
  [KEY, { name: 'everybody', agents: ['*'] }],
  [NARROW_KEY, { name: 'narrow', agents: [BACKEND] }],
]);

/** Ends with the test. */
export async function startReasonsRig(): Promise<ReasonsRig> {
  const clock = createFakeClock();
  const random = createSystemRandom();
  const limits = { ...STORE_LIMITS, maxMailboxMessages: MAILBOX_MESSAGES };
  const engine = await openEngine({ engine: 'sqlite', dataDir: ':memory:', clock, random, limits, observer: {} });
  const faults: Faults = {};
  const bus = await createBus({
    engine: faulty(engine, faults),
    clock,
    random,
    observer: {},
    heartbeatIntervalMs: HEARTBEAT_MS,
    taskLeaseMs: 30_000,
  });
  onTestFinished(() => bus.close());
  const keys = { find: (key: string) => PRINCIPALS.get(key) };
  const { server, url: address, lines } = await startServer({ routes: createRoutes(bus), keys, clock });
  const agents = createClient(AgentService, createGrpcTransport({ baseUrl: address }));
  const stream = () => openStream(agents, { 'x-agent-api-key': KEY });
  const good = async (method: string, body: unknown) => {
    const answer = await callJson({ address, apiKey: KEY, method, body });
    if (answer.status !== 200) throw new Error(`${method} was refused: ${answer.body.message}`);
    return answer.body;
  };
  await good('SessionService/CreateSession', {
    session_id: SESSION,
    orchestrator: ORCHESTRATOR,
    participants: [BACKEND, FRONTEND].map((agent_id) => ({ agent_id, role: 'implementer' })),
  });
  await good('AgentService/RegisterAgent', { agent: { agent_id: QA } });
  return {
    clock,
    engine,
    faults,
    server,
    lines,
    async call(method, body, { key = KEY, headers = {} } = {}) {
      const answer = await callJson({ address, apiKey: key, method, body, headers });
      const { status: http, reason, facts } = answer;
      return { reason, status: String(answer.body.code).toUpperCase(), http, facts };
    },
    good,
    stream,
    async open(hello = {}) {
      const opened = stream();
      opened.say({ case: 'hello', value: { agent: { agentId: BACKEND }, instanceId: 'i', ...hello } });
      await opened.nextOf('welcome');
      return opened;
    },
  };
}

/** What a stream ended with. */
export async function endOf(stream: StreamClient): Promise<Refusal> {
  const error = ConnectError.from(await stream.end());
  const info = error.findDetails(ErrorInfoSchema)[0];
  const status = (Code[error.code] ?? '').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return { reason: info?.reason, status, facts: info?.metadata ?? {} };
}

function faulty(engine: Engine, faults: Faults): Engine {
  const { journal, sessions } = engine;
  return {
    ...engine,
    journal: { ...journal, commit: (write) => journal.commit(faults.write?.(write) ?? write) },
    sessions: {
      ...sessions,
      list(query) {
        faults.list?.();
        return sessions.list(query);
      },
    },
  };
}
