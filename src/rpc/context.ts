import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { DrainSignal } from './drain-signal.ts';

/** What every service is handed besides the bus. */
export interface RpcContext {
  /** For faults and oddities; calls are logged by the plumbing already. Never payloads, never keys. */
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly drain: DrainSignal;
  /** Version of this software, as `welcome` says it. */
  readonly serverVersion: string;
  /** Longest silence on a stream, either way, in milliseconds. */
  readonly heartbeatIntervalMs: number;
}
