import { type DrainSignal, drainingError } from './drain-signal.ts';

/**
 * The signal of a call that only waits for something to happen: it aborts with the call, and with DRAINING when the bus
 * is going to stop, which need not wait for such calls.
 */
export function createWaitingSignal(call: AbortSignal, drain: DrainSignal): AbortSignal {
  const controller = new AbortController();
  const stopListening = drain.onDrain(() => controller.abort(drainingError(drain)));
  // The signal of a call aborts when the call ends, however it ends.
  call.addEventListener('abort', stopListening, { once: true });
  return AbortSignal.any([call, controller.signal]);
}
