import type { Lease, Mailboxes } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { DELIVERY_LIMITS } from '../../limits.ts';
import type { ReceiveRequest } from './deliveries.ts';

export interface ReceiveOptions {
  readonly mailboxes: Mailboxes;
  readonly clock: Clock;
  /** Holder of the leases; nobody else uses it, so that giving back concerns this call alone. */
  readonly holder: string;
}

/**
 * Leases what waits, or the first that comes within `waitMs`. When the signal aborts,
 * what was leased goes back uncounted: nobody is there to get it.
 */
export async function receive(request: ReceiveRequest, { mailboxes, clock, holder }: ReceiveOptions): Promise<Lease[]> {
  const { agentId, maxMessages, leaseMs, signal } = request;
  const deadline = clock.now() + request.waitMs;
  const mail = watchMailbox(mailboxes, agentId);
  try {
    for (;;) {
      signal.throwIfAborted();
      mail.forget();
      const { maxReceiveBytes: maxBytes } = DELIVERY_LIMITS;
      const leases = await mailboxes.lease({ agentId, holder, limit: maxMessages, maxBytes, leaseMs });
      if (signal.aborted) mailboxes.releaseHolder(agentId, holder, 'all');
      signal.throwIfAborted();
      const waitMs = deadline - clock.now();
      if (leases.length > 0 || waitMs <= 0) return leases;
      await firstOf({ clock, waitMs, signal, mail });
    }
  } finally {
    mail.stop();
  }
}

/** Remembers whether mail came since the last `forget`, so that none is missed between looking and waiting. */
interface MailWatch {
  forget(): void;
  /** Calls `listener` at the next mail; at once if some came already. */
  onMail(listener: () => void): void;
  stop(): void;
}

function watchMailbox(mailboxes: Mailboxes, agentId: string): MailWatch {
  let came = false;
  let listener: (() => void) | undefined;
  const unsubscribe = mailboxes.subscribe(agentId, () => {
    came = true;
    listener?.();
  });
  return {
    forget() {
      came = false;
      listener = undefined;
    },
    onMail(next) {
      listener = next;
      if (came) next();
    },
    stop: unsubscribe,
  };
}

interface Wait {
  readonly clock: Clock;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly mail: MailWatch;
}

/** Resolves at mail, at the end of the time, or when the signal aborts, whatever comes first. */
function firstOf({ clock, waitMs, signal, mail }: Wait): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(() => wake(), waitMs);
    const wake = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    signal.addEventListener('abort', wake);
    mail.onMail(wake);
  });
}
