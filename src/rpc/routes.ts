import type { ConnectRouter } from '@connectrpc/connect';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { createAgentService } from './agent-service.ts';
import { createAgentStreams } from './agent-stream/agent-streams.ts';
import type { RpcContext } from './context.ts';
import type { LaneRoutes } from './grpc/lane.ts';
import { createMessageMethods } from './grpc/message-methods.ts';
import { serveAgentStream } from './grpc/serve-agent-stream.ts';
import { serveUnary } from './grpc/serve-unary.ts';
import { createMessageCalls } from './message-calls.ts';
import { createMessageService } from './message-service.ts';
import { createSessionService } from './session-service.ts';
import { addStandardServices } from './standard-services.ts';

/** Puts services on a router, and their busiest calls on the lane too. */
export type Routes = (router: ConnectRouter, context: RpcContext, lane: LaneRoutes) => void;

/** Everything that the bus serves. */
export function createRoutes(bus: Bus): Routes {
  return (router, context, lane) => {
    const streams = createAgentStreams(bus, context);
    const calls = createMessageCalls(bus, context);
    router.service(AgentService, createAgentService(bus, context, streams), { compressMinBytes: NEVER });
    router.service(MessageService, createMessageService(bus, calls));
    router.service(SessionService, createSessionService(bus, context));
    addStandardServices(router, [AgentService, MessageService, SessionService], context);
    lane.add(AgentService.method.agentStream, (call) => serveAgentStream(call, streams));
    for (const [method, unary] of createMessageMethods(calls)) lane.add(method, (call) => serveUnary(call, unary));
  };
}

/** Frames of agents are small, many and urgent: compressing them costs most of their speed. */
const NEVER = Number.MAX_SAFE_INTEGER;
