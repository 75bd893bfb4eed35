import { constants } from 'node:http2';
import type { NodeRequest, NodeResponse } from '../node-handler.ts';

/**
 * Lets go of what a client still sends when its call is answered already, as when the request is too large. Over HTTP/2
 * it is asked to stop, without an error (RFC 9113, section 8.1): bytes that nobody reads would use up the window of all
 * streams of its connection. HTTP/1.1 cannot say that: the rest is read and dropped, until the time for a request is over.
 */
export function dropRest({ request, response }: { request: NodeRequest; response: NodeResponse }): void {
  if (!('stream' in response)) {
    response.once('finish', () => request.resume());
    return;
  }
  const { stream } = response;
  // When the last byte has left; Node sends the trailers, where gRPC has its status, before it calls this listener's immediate.
  stream.once('wantTrailers', () =>
    setImmediate(() => {
      if (!request.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    }),
  );
}
