import { checkMessage } from './checks/message-checks.ts';
import { createOrderCheck } from './checks/order-check.ts';
import { checkSession } from './checks/session-checks.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Violation } from './ledger/violation.ts';

/** Compares what the clients saw with what the bus promises. Asks nobody: it reads the ledger alone. */
export interface Verifier {
  /**
   * Checks all facts that are new since the last call, and what was reported to the ledger meanwhile. Returns what was not found before.
   */
  verify(): Violation[];
}

export interface VerifierOptions {
  readonly ledger: Ledger;
  /** Whether the order of first deliveries can be seen: the mailbox has one receiver, which takes all that it is given. */
  showsOrder(agentId: string): boolean;
}

export function createVerifier({ ledger, showsOrder }: VerifierOptions): Verifier {
  const order = createOrderCheck(showsOrder);
  const known = new Set<string>();
  let reported = 0;
  return {
    verify() {
      const changed = ledger.takeChanged();
      const found = [
        ...ledger.violations.slice(reported),
        ...changed.flatMap((message) => checkMessage(message, ledger)),
        ...order.check(changed),
        ...[...ledger.sessions.values()].filter(({ settled }) => !settled).flatMap(checkSession),
      ];
      reported = ledger.violations.length;
      return found.filter(({ kind, subject, text }) => {
        const key = `${kind}|${subject}|${text}`;
        return !known.has(key) && known.add(key);
      });
    },
  };
}
