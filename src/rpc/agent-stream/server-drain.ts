import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { ServerDrainSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { BusError } from '../../bus/bus-error.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import { type DrainSignal, drainingError } from '../drain-signal.ts';
import type { Outbound } from './outbound.ts';

export interface ServerDrainOptions {
  readonly drain: DrainSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly outbound: Outbound;
  /** The drain begins: no more deliveries. */
  begin(): void;
  /** Whether neither side owes the other anything. */
  isQuiet(): boolean;
  end(error: BusError): void;
}

/**
 * When the bus shuts down, asks the agent to go and gives it time to settle what it
 * has. A stream on which nothing is owed does not wait for the whole of it.
 */
export function followServerDrain(options: ServerDrainOptions): { stop(): void } {
  const { drain, clock, random, outbound } = options;
  let timer: Timer | undefined;
  let deadline = Infinity;
  const look = (): void => {
    if (options.isQuiet() || clock.now() >= deadline) options.end(drainingError(drain));
    else timer = clock.setTimer(look, Math.min(STREAM_LIMITS.drainQuietMs, deadline - clock.now()));
  };
  const stopListening = drain.onDrain((reason) => {
    options.begin();
    const reconnectAfter = durationFromMs(Math.ceil(random.next() * STREAM_LIMITS.reconnectSpreadMs));
    outbound.push({ case: 'drain', value: create(ServerDrainSchema, { reconnectAfter, reason }) });
    deadline = clock.now() + STREAM_LIMITS.drainGraceMs;
    timer = clock.setTimer(look, STREAM_LIMITS.drainQuietMs);
  });
  return {
    stop() {
      stopListening();
      timer?.cancel();
    },
  };
}
