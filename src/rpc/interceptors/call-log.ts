import type { Interceptor } from '@connectrpc/connect';
import type { Logger } from 'pino';
import { logCall, recordOf } from '../call-record.ts';
import { tap } from '../tap.ts';

/** Counts what passes and writes one line a call, when it ends. The outermost: it sees what the client sees. */
export function createCallLog(log: Logger): Interceptor {
  return (next) => async (request) => {
    const record = recordOf(request.contextValues);
    record.reached = true;
    const end = (error?: unknown) => logCall(log, record, error);
    try {
      if (!request.stream) {
        record.requests = 1;
        const response = await next(request);
        record.responses = 1;
        end();
        return response;
      }
      const counted = tap(request.message, { value: () => void record.requests++ });
      const response = await next({ ...request, message: counted });
      if (!response.stream) return response;
      const value = () => void record.responses++;
      return { ...response, message: tap(response.message, { value, ended: end }) };
    } catch (error) {
      end(error);
      throw error;
    }
  };
}
