import type { Interceptor } from '@connectrpc/connect';
import { crashPoint } from '../../lib/crash-point.ts';

const beforeHandler = crashPoint('call.before-handler');
const beforeResponse = crashPoint('call.before-response');

/** Marks both ends of what a unary call does. The innermost: what is refused before it does nothing. */
export function createCrashPoints(): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return await next(request);
    beforeHandler();
    const response = await next(request);
    beforeResponse();
    return response;
  };
}
