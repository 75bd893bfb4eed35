import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { Transport } from '@connectrpc/connect';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { type BackoffOptions, createBackoff } from './backoff.ts';
import { CLIENT_LIMITS } from './client-limits.ts';
import { AgentbusError } from './errors.ts';
import { sleep } from './sleep.ts';
import { withAddress } from './unreachable.ts';

/** What a transport to the bus needs besides the bare one. */
export interface BusTransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffOptions | undefined;
  /** Where the bare one leads, for the texts of errors. */
  readonly address?: string | undefined;
  /** Tries of a call that may be repeated; 1 for calls that somebody else repeats. */
  readonly maxAttempts?: number;
}

/**
 * A transport whose single calls reject with an AgentbusError, end in time, and are repeated
 * while the bus is unavailable if the contract says that the method may be: reads, and
 * calls that are idempotent by an id, which a repetition keeps.
 */
export function createBusTransport(transport: Transport, options: BusTransportOptions): Transport {
  return {
    async unary(...call) {
      const { maxAttempts = CLIENT_LIMITS.maxCallAttempts } = options;
      const [method, signal, timeoutMs, ...rest] = call;
      const backoff = createBackoff(options.random, options.backoff);
      const repeatable = method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
      for (let attempt = 1; ; attempt++) {
        try {
          return await transport.unary(method, signal, timeoutMs ?? CLIENT_LIMITS.callTimeoutMs, ...rest);
        } catch (thrown) {
          const error = toCallError(thrown, signal);
          if (!repeatable || error.code !== 'UNAVAILABLE' || attempt >= maxAttempts)
            throw withAddress(error, options.address);
        }
        await sleep(options.clock, backoff.next(), signal);
      }
    },
    stream: (...call) => transport.stream(...call),
  };
}

/** The error of a call that `signal` may have cancelled. */
export function toCallError(thrown: unknown, signal: AbortSignal | undefined): AgentbusError {
  if (!signal?.aborted) return AgentbusError.from(thrown);
  return new AgentbusError({ code: 'CANCELLED', message: 'the call was cancelled', cause: signal.reason });
}
