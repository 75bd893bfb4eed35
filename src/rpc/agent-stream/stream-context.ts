import type { ErrorStatus } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Bus } from '../../bus/bus.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import type { DrainSignal } from '../drain-signal.ts';

/** An error as a frame shows it. */
export type StatusOf = (error: unknown) => ErrorStatus;

/** What a stream needs of the world. Nothing of it is the transport's. */
export interface StreamContext {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly drain: DrainSignal;
  readonly statusOf: StatusOf;
  /** Version of this software. */
  readonly serverVersion: string;
  /** Longest silence, either way, in milliseconds. */
  readonly heartbeatIntervalMs: number;
}
