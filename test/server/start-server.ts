import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionSchema } from '../../gen/ts/agentbus/v1/session_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { callerOf, type Keys } from '../../src/rpc/identity.ts';
import type { Routes } from '../../src/rpc/routes.ts';
import { addStandardServices } from '../../src/rpc/standard-services.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server/create-server.ts';
import { createMetrics } from '../../src/server/metrics.ts';

/** A server on a port of its own, with everything that it logged. */
export interface TestServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Parsed log lines. */
  lines(): Record<string, unknown>[];
  /** The same as they were written. */
  raw(): string;
}

/** The key that the test server knows; its principal may speak as any agent of claude-code. */
export const KEY = 'agentbus_test-key';
const keys: Keys = { find: (key) => (key === KEY ? { name: 'tests', agents: ['claude-code://*'] } : undefined) };

/** Starts a server with the given routes, by default a small echo; it ends with the test. */
export async function startServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const written: string[] = [];
  const metrics = createMetrics();
  const server = createServer({
    host: '127.0.0.1',
    port: 0,
    maxConnections: 100,
    corsOrigins: [],
    heartbeatIntervalMs: 15_000,
    serverVersion: '0.0.0-test',
    routes: echoRoutes({}),
    keys,
    metrics,
    log: pino({ level: 'debug' }, { write: (line) => void written.push(line) }),
    clock: createSystemClock(),
    random: createSystemRandom(),
    ...options,
  });
  const { port } = await server.listen();
  onTestFinished(async () => {
    await server.close();
    metrics.close();
  });
  const protocol = options.tls === undefined ? 'http' : 'https';
  return {
    server,
    port,
    url: `${protocol}://127.0.0.1:${port}`,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    raw: () => written.join(''),
  };
}

export interface EchoServices {
  readonly sessions?: Partial<ServiceImpl<typeof SessionService>>;
  readonly messages?: Partial<ServiceImpl<typeof MessageService>>;
}

/** Small services of the real contract: a session is whatever is asked for, a message is accepted. */
export function echoRoutes({ sessions, messages }: EchoServices): Routes {
  return (router, context) => {
    router.service(SessionService, {
      getSession: ({ sessionId }, call) => ({
        session: create(SessionSchema, {
          sessionId,
          orchestrator: callerOf(call).agentId ?? callerOf(call).principal.name,
        }),
      }),
      ...sessions,
    });
    router.service(MessageService, {
      sendMessage: ({ message }) => ({
        messageId: message?.messageId ?? '',
        acceptedTime: { seconds: 1_770_000_000n },
      }),
      ...messages,
    });
    addStandardServices(router, [SessionService, MessageService], context);
  };
}
