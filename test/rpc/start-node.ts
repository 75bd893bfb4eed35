import { createClient } from '@connectrpc/connect';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { createKeyRing, masterHolder } from '../../src/keys/key-ring.ts';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { type NodeOptions, openNode } from '../../src/open-node.ts';
import { callJson, type JsonAnswer } from '../call-json.ts';
import { notificationsSession } from '../open-bus.ts';
import { headers, sessionId, TRANSPORTS } from './start-services.ts';

export interface StartNodeOptions extends Partial<NodeOptions> {
  /** `gRPC` by default. */
  readonly protocol?: keyof typeof TRANSPORTS;
}

/** A whole node as `main` opens it, on the clock of the machine, in memory by default; it ends with the test. */
export async function startNode({ protocol = 'gRPC', ...options }: StartNodeOptions = {}) {
  const node = await openNode({
    engine: 'sqlite',
    dataDir: ':memory:',
    host: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    corsOrigins: [],
    heartbeatIntervalMs: 15_000,
    taskLeaseMs: 30_000,
    keys: createKeyRing([masterHolder('tests', headers['x-agent-api-key'])]),
    serverVersion: '0.0.0-test',
    log: pino({ level: 'silent' }),
    clock: createSystemClock(),
    random: createSystemRandom(),
    failed(error) {
      throw error;
    },
    ...options,
  });
  onTestFinished(() => node.stop('the test is over'));
  const { port } = await node.listen();
  const address = `http://127.0.0.1:${port}`;
  const transport = TRANSPORTS[protocol](address);
  return {
    node,
    address,
    sessions: createClient(SessionService, transport),
    messages: createClient(MessageService, transport),
    agents: createClient(AgentService, transport),
    /** A call as `curl` makes it. */
    json: (method: string, body: unknown, more: Record<string, string> = {}): Promise<JsonAnswer> =>
      callJson({ address, apiKey: headers['x-agent-api-key'], method, body, headers: more }),
    /** Opens the tutorial's session, without its workflow. */
    openSession: () =>
      createClient(SessionService, transport).createSession(notificationsSession({ sessionId, workflow: {} }), {
        headers,
      }),
  };
}

export type StartedNode = Awaited<ReturnType<typeof startNode>>;
