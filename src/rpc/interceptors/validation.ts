import type { Interceptor } from '@connectrpc/connect';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import { tap } from '../tap.ts';
import { validateMessage } from '../validate.ts';

/**
 * Lets no request through that breaks a rule of the contract. Frames of an
 * AgentStream pass: a bad one is answered by a frame and must not end the stream, so the handler checks them.
 */
export function createValidation(): Interceptor {
  return (next) => (request) => {
    const { input } = request.method;
    if (!request.stream) {
      validateMessage(input, request.message);
      return next(request);
    }
    if (request.method === AgentService.method.agentStream) return next(request);
    return next({ ...request, message: tap(request.message, { value: (message) => validateMessage(input, message) }) });
  };
}
