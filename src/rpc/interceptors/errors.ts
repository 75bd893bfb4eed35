import type { Interceptor } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { logFault, toConnectError } from '../errors.ts';
import { tap } from '../tap.ts';
import { blameRequest } from '../transport-errors.ts';

/** Makes of every error what the contract promises, and logs faults of the bus under the id that the client is told. */
export function createErrorTranslation(log: Logger): Interceptor {
  const translate = (error: unknown) => logFault(log, toConnectError(error));
  return (next) => async (request) => {
    try {
      if (!request.stream) return await next(request);
      const response = await next({ ...request, message: tap(request.message, { error: blamed }) });
      return response.stream ? { ...response, message: tap(response.message, { error: translate }) } : response;
    } catch (error) {
      throw translate(error);
    }
  };
}

/** An error while a stream's requests are read: whatever cannot be decoded is the sender's fault. */
function blamed(error: unknown): unknown {
  blameRequest(error);
  return error;
}
