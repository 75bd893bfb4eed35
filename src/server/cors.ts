import { SERVER_LIMITS } from '../limits.ts';
import { CORS_HEADERS } from '../rpc/cors-headers.ts';
import type { NodeRequest, NodeResponse } from '../rpc/node-handler.ts';

/** Sets the headers a browser asks for. True if the request was a preflight, which is answered then. */
export type Cors = (request: NodeRequest, response: NodeResponse) => boolean;

/**
 * Lets scripts of the listed origins call the bus; `*` lists all. Keys come in headers and never in cookies, so
 * an origin that is let in can still do nothing without a key.
 */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const any = allowed.has('*');
  return (request, response) => {
    const { origin } = request.headers;
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    // The answer depends on the origin even where it has none: a cache must not serve it to another.
    if (allowed.size > 0 && !any) response.setHeader('vary', 'origin');
    if (typeof origin === 'string' && (any || allowed.has(origin))) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', CORS_HEADERS.responseHeaders);
      if (isPreflight) allowPreflight(response);
    }
    if (!isPreflight) return false;
    response.statusCode = 204;
    response.end();
    return true;
  };
}

function allowPreflight(response: NodeResponse): void {
  response.setHeader('access-control-allow-methods', CORS_HEADERS.methods);
  response.setHeader('access-control-allow-headers', CORS_HEADERS.requestHeaders);
  response.setHeader('access-control-max-age', String(SERVER_LIMITS.preflightCacheSeconds));
}
