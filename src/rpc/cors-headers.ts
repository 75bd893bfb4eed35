import { cors } from '@connectrpc/connect';
import { TRACEPARENT } from '../bus/valid-traceparent.ts';
import { AGENT_HEADER, KEY_HEADER } from './identity.ts';

/** What scripts of allowed origins may send, use and read, for Connect and gRPC-Web and this bus. */
export const CORS_HEADERS = {
  methods: cors.allowedMethods.join(', '),
  requestHeaders: [...cors.allowedHeaders, 'Authorization', KEY_HEADER, AGENT_HEADER, TRACEPARENT].join(', '),
  responseHeaders: cors.exposedHeaders.join(', '),
} as const;
