import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import { createContextKey } from '@connectrpc/connect';

/**
 * Breaks off the call's stream, without a word. For a client that does not read: a status
 * would wait behind everything else that it has not read.
 */
export const hangUpKey = createContextKey<() => void>(() => undefined, { description: 'hang up' });

/** The way to break off the request that a response answers. gRPC clients read the code as RESOURCE_EXHAUSTED. */
export function hangUpOn(response: ServerResponse | Http2ServerResponse): () => void {
  return () => {
    if ('stream' in response) response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else response.destroy();
  };
}
