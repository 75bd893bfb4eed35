import { Code, ConnectError, createConnectRouter } from '@connectrpc/connect';
import { compressionGzip } from '@connectrpc/connect-node';
import { RPC_LIMITS } from '../limits.ts';
import { createHeldBytes } from './bodies/held-bytes.ts';
import type { RpcContext } from './context.ts';
import { createLane, type Lane } from './grpc/lane.ts';
import type { Keys } from './identity.ts';
import { createCallLog } from './interceptors/call-log.ts';
import { createCrashPoints } from './interceptors/crash-points.ts';
import { createDeadline } from './interceptors/deadline.ts';
import { createErrorTranslation } from './interceptors/errors.ts';
import { createValidation } from './interceptors/validation.ts';
import { JSON_OPTIONS } from './json-options.ts';
import { createNodeHandler, type NodeHandler } from './node-handler.ts';
import { createOpenCalls, type OpenCalls } from './open-calls.ts';
import { createRequestGate } from './request-gate.ts';
import type { Routes } from './routes.ts';

/** The calls of the port, as the server sees them. */
export interface Rpc {
  readonly handle: NodeHandler;
  /** The short way of the busiest calls. */
  readonly lane: Pick<Lane, 'take'>;
  readonly openCalls: OpenCalls;
  /** Ends every call with UNAVAILABLE, for the end of a drain. */
  abortCalls(): void;
}

/** Puts the plumbing around services: whatever they serve has identity, bounds, deadlines, errors and a log. */
export function createRpc(routes: Routes, { keys, context }: { keys: Keys; context: RpcContext }): Rpc {
  const { log, drain, clock } = context;
  const openCalls = createOpenCalls();
  const { maxHeldBytes: maxBytes, maxHeldMs: maxMs } = RPC_LIMITS;
  const held = createHeldBytes({ clock, maxBytes, maxMs });
  const shutdown = new AbortController();
  const router = createConnectRouter({
    requestGate: createRequestGate({ keys, drain, log, openCalls }),
    // Outermost first: the log sees the translated error, and translation the deadline's.
    interceptors: [
      createCallLog(log),
      createErrorTranslation(log),
      createDeadline(log),
      createValidation(),
      createCrashPoints(),
    ],
    jsonOptions: JSON_OPTIONS,
    readMaxBytes: RPC_LIMITS.maxRequestBytes,
    writeMaxBytes: RPC_LIMITS.maxResponseBytes,
    acceptCompression: [compressionGzip],
    compressMinBytes: RPC_LIMITS.compressMinBytes,
    maxTimeoutMs: RPC_LIMITS.maxTimeoutMs,
    shutdownSignal: shutdown.signal,
  });
  const lane = createLane({ keys, drain, log, clock, held, openCalls });
  routes(router, context, lane);
  return {
    handle: createNodeHandler(router, { log, held }),
    lane,
    openCalls,
    abortCalls() {
      const stopped = () => new ConnectError('the bus is shutting down', Code.Unavailable);
      shutdown.abort(stopped());
      lane.abortCalls(stopped);
    },
  };
}
