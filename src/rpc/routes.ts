import type { ConnectRouter } from '@connectrpc/connect';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { createAgentService } from './agent-service.ts';
import { createAgentStreams } from './agent-stream/agent-streams.ts';
import type { RpcContext } from './context.ts';
import { createMessageCalls } from './message-calls.ts';
import { createMessageService } from './message-service.ts';
import { createSessionService } from './session-service.ts';
import { addStandardServices } from './standard-services.ts';

/** Puts services on a router. */
export type Routes = (router: ConnectRouter, context: RpcContext) => void;

/** Everything that the bus serves. */
export function createRoutes(bus: Bus): Routes {
  return (router, context) => {
    router.service(AgentService, createAgentService(bus, context, createAgentStreams(bus, context)), {
      compressMinBytes: NEVER,
    });
    router.service(MessageService, createMessageService(bus, createMessageCalls(bus, context)));
    router.service(SessionService, createSessionService(bus, context));
    addStandardServices(router, [AgentService, MessageService, SessionService], context);
  };
}

/** Frames of agents are small, many and urgent: compressing them costs most of their speed. */
const NEVER = Number.MAX_SAFE_INTEGER;
