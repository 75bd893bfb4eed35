import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
import { onTestFinished } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { createRoutes } from '../../src/rpc/routes.ts';
import { notificationsSession, type OpenBusOptions, openBus } from '../open-bus.ts';
import { startServer } from '../server/start-server.ts';

export const headers = { 'x-agent-api-key': 'anybody' };
const keys = { find: () => ({ name: 'tests', agents: ['*'] }) };
/** The session that is there from the start: the tutorial's. */
export const sessionId = 'sess_a';

/** The two ways in which most clients come: generated gRPC stubs, and JSON over HTTP/1.1. */
export const TRANSPORTS = {
  gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl }),
  JSON: (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
} as const satisfies Record<string, (url: string) => Transport>;

/** The two ways in which the busiest calls of gRPC are carried; what they do is the same. */
export const LANES = [
  { lane: 'on the streams of HTTP/2', lean: true },
  { lane: 'by Connect', lean: false },
] as const;

export interface StartServicesOptions extends OpenBusOptions {
  /** `gRPC` by default. */
  readonly protocol?: keyof typeof TRANSPORTS;
  /** See {@link LANES}. True by default. */
  readonly lean?: boolean;
}

/** A real server on a real bus, clients of it, and its clock; it ends with the test. */
export async function startServices({ protocol = 'gRPC', lean = true, ...options }: StartServicesOptions = {}) {
  const { bus, clock } = await openBus(options);
  onTestFinished(() => bus.close());
  const { url } = await startServer({ routes: createRoutes(bus), keys, clock, lean });
  const transport = TRANSPORTS[protocol](url);
  const sessions = createClient(SessionService, transport);
  const messages = createClient(MessageService, transport);
  const agents = createClient(AgentService, transport);
  await sessions.createSession(notificationsSession({ sessionId }), { headers });
  const patch = (value: object) =>
    sessions.updateSharedContext({ sessionId, change: { case: 'mergePatch', value: { ...value } } }, { headers });
  const complete = () => sessions.completeSession({ sessionId, summary: 'done' }, { headers });
  return { bus, clock, url, sessions, messages, agents, patch, complete };
}

/** Code and reason of an error as a client sees it. */
export function refusal(error: unknown): { code: string; reason: string | undefined } {
  const refused = ConnectError.from(error);
  return { code: Code[refused.code], reason: refused.findDetails(ErrorInfoSchema)[0]?.reason };
}
