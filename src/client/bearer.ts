import type { Interceptor } from '@connectrpc/connect';

/** Puts the key into every call. */
export function createBearer(apiKey: string): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${apiKey}`);
    return next(request);
  };
}
