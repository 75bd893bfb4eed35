import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ServerHeartbeatSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Outbound } from './outbound.ts';

export interface PulseOptions {
  readonly clock: Clock;
  readonly outbound: Outbound;
  readonly heartbeatIntervalMs: number;
  /** Told at every look whether the client reads what it is sent. */
  setStalled(stalled: boolean): void;
  /** The client has not read for too long. */
  tooSlow(error: BusError): void;
}

/**
 * Looks at a stream now and then: says something when nothing was said for almost an
 * interval, and notices a client that does not read. Frames only leave their time,
 * so that a busy stream sets no timers.
 */
export function startPulse(options: PulseOptions): { stop(): void } {
  const { clock, outbound, heartbeatIntervalMs } = options;
  const everyMs = heartbeatIntervalMs / STREAM_LIMITS.looksPerInterval;
  let timer: Timer;
  const look = (): void => {
    timer = clock.setTimer(look, everyMs);
    const stalledMs = outbound.stalledMs();
    options.setStalled(stalledMs >= STREAM_LIMITS.stalledAfterMs);
    if (stalledMs >= STREAM_LIMITS.slowConsumerMs) options.tooSlow(slowConsumer(stalledMs));
    // The next look would be too late. A client that does not read gets no more to not read.
    else if (stalledMs === 0 && outbound.idleMs() > heartbeatIntervalMs - everyMs) {
      const time = timestampFromMs(clock.now());
      outbound.push({ case: 'heartbeat', value: create(ServerHeartbeatSchema, { time }) });
    }
  };
  timer = clock.setTimer(look, everyMs);
  return { stop: () => timer.cancel() };
}

function slowConsumer(stalledMs: number): BusError {
  const seconds = Math.floor(stalledMs / 1_000);
  const message = `the client has read nothing for ${seconds} s`;
  return new BusError('SLOW_CONSUMER', message, { stalled_seconds: seconds });
}
