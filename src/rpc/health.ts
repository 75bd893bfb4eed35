import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { type Health, HealthCheckResponse_ServingStatus as Status } from '../../gen/ts/grpc/health/v1/health_pb.js';
import type { DrainSignal } from './drain-signal.ts';

/**
 * `grpc.health.v1`. All services share one fate: they serve until the drain begins. (A store that fails ends the
 * process, so there is nobody left to ask.) The empty name stands for the whole server.
 */
export function createHealth(services: readonly string[], drain: DrainSignal): ServiceImpl<typeof Health> {
  const known = new Set(['', ...services]);
  const now = () => (drain.draining ? Status.NOT_SERVING : Status.SERVING);
  return {
    check({ service }) {
      // The protocol asks for this very status, which has no reason of ours.
      if (!known.has(service)) throw new ConnectError(`no service ${service}`, Code.NotFound);
      return { status: now() };
    },
    list: () => ({ statuses: Object.fromEntries([...known].map((service) => [service, { status: now() }])) }),
    async *watch({ service }, { signal }) {
      yield { status: known.has(service) ? now() : Status.SERVICE_UNKNOWN };
      if (!drain.draining && !(await drainOrAbort(drain, signal))) return;
      // The stream would be cut soon anyway; ending it here lets the drain finish.
      if (known.has(service)) yield { status: now() };
    },
  };
}

/** Whether the drain began; false if the signal aborted before. */
function drainOrAbort(drain: DrainSignal, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = drain.onDrain(() => resolve(true));
    const abort = () => {
      stop();
      resolve(false);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
