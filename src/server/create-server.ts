import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { SERVER_LIMITS } from '../limits.ts';
import { createRpc } from '../rpc/create-rpc.ts';
import { createDrainSignal } from '../rpc/drain-signal.ts';
import type { Keys } from '../rpc/identity.ts';
import type { Routes } from '../rpc/routes.ts';
import { createCors } from './cors.ts';
import { createDispatch } from './dispatch.ts';
import { drainServer } from './drain.ts';
import type { Metrics } from './metrics.ts';
import { createOnePort, type PortLimits, type PortOptions } from './one-port.ts';
import { createRefusalLog } from './refusal-log.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 means any. */
  readonly port: number;
  readonly maxConnections: number;
  readonly tls?: NonNullable<PortOptions['tls']>;
  /** Origins whose scripts may call; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly serverVersion: string;
  readonly routes: Routes;
  readonly keys: Keys;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether the busiest calls of native gRPC are carried without Connect. True by default; tests compare both. */
  readonly lean?: boolean;
  /** Tests hand in shorter ones. */
  readonly limits?: Partial<PortLimits>;
}

export interface Server {
  /** Rejects if the address cannot be had. */
  listen(): Promise<AddressInfo>;
  /**
   * Ends in good order: says so in health and on every stream, takes nothing new, lets what is under way end,
   * cuts what does not within the bound. Resolves when every connection is closed; the bus may be closed after it.
   */
  drain(reason: string): Promise<void>;
  /** Ends at once: open calls get UNAVAILABLE if there is time, and connections are cut. */
  close(): Promise<void>;
}

/** Puts port, pages and calls together. */
export function createServer(options: ServerOptions): Server {
  const { keys, metrics, log, clock, random, heartbeatIntervalMs, serverVersion } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const drain = createDrainSignal();
  const context = { log, clock, random, drain, serverVersion, heartbeatIntervalMs };
  const rpc = createRpc(options.routes, { keys, context });
  metrics.show('open_calls', () => rpc.openCalls.calls);
  metrics.show('open_streams', () => rpc.openCalls.streams);
  const cors = createCors(options.corsOrigins);
  const port = createOnePort({
    limits,
    maxConnections: options.maxConnections,
    clock,
    ...(options.tls && { tls: options.tls }),
    onRequest: createDispatch({ calls: rpc.handle, cors, metrics, drain, log, serverVersion }),
    ...(options.lean !== false && { onStream: rpc.lane.take }),
    onAcceptError: (error) => log.error({ err: error }, 'a connection could not be accepted'),
    onRefused: createRefusalLog({ log, clock, everyMs: limits.refusalLogMs }),
  });
  return {
    listen: () => port.listen(options),
    drain: (reason) => drainServer({ drain, rpc, port, clock, limits, log }, reason),
    async close() {
      drain.begin('the bus was closed');
      rpc.abortCalls();
      await port.destroy();
    },
  };
}
