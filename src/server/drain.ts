import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import type { Rpc } from '../rpc/create-rpc.ts';
import type { DrainControl } from '../rpc/drain-signal.ts';
import type { OnePort, PortLimits } from './one-port.ts';

export interface DrainParts {
  readonly drain: DrainControl;
  readonly rpc: Rpc;
  readonly port: OnePort;
  readonly clock: Clock;
  readonly limits: PortLimits;
  readonly log: Logger;
}

/**
 * Ends a server in good order. The order matters: streams are told before HTTP/2 says GOAWAY, so that agents
 * hear the reason; and calls that would not end get UNAVAILABLE, which clients repeat elsewhere, before sockets are cut,
 * which they might not.
 */
export async function drainServer({ drain, rpc, port, clock, limits, log }: DrainParts, reason: string): Promise<void> {
  log.info({ reason, open_calls: rpc.openCalls.calls, open_streams: rpc.openCalls.streams }, 'draining');
  drain.begin(reason);
  const refused = port.refuse();
  const ended = await within(rpc.openCalls.idle(), limits.drainTimeoutMs, clock);
  if (!ended) {
    log.warn({ open_calls: rpc.openCalls.calls }, 'calls did not end in time and are cut');
    rpc.abortCalls();
  }
  // Connections of HTTP/1.1 that were answering when the drain began are idle now.
  await within(Promise.all([refused, port.refuse()]), limits.goodbyeMs, clock);
  await port.destroy();
  log.info('drained');
}

/** Whether the work was done in time. */
function within(work: Promise<unknown>, limitMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => resolve(false), limitMs);
    work.then(() => {
      timer.cancel();
      resolve(true);
    }, reject);
  });
}
