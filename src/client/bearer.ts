import type { Interceptor } from '@connectrpc/connect';

/** Who calls. */
export interface Bearer {
  /** The key of the principal. */
  readonly apiKey: string;
  /** The agent that the calls act as: what it changes carries its name, and it sees what it is a member of. */
  readonly agentId: string;
}

/** Puts who calls into every call. */
export function createBearer({ apiKey, agentId }: Bearer): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${apiKey}`);
    request.header.set('x-agent-id', agentId);
    return next(request);
  };
}
