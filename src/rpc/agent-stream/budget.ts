/**
 * What a client has been promised an answer to. While too much of it is open the
 * reader waits, and the flow control of the transport makes the client wait in turn.
 */
export interface Budget {
  /** Whether nothing more should be read. */
  readonly exhausted: boolean;
  /** May go beyond the limit: a frame that was read is taken whole. */
  spend(bytes: number): void;
  refund(bytes: number): void;
  /** Resolves when there is something to spend, or when the budget is closed. */
  available(): Promise<void>;
  /** Wakes whoever waits, for good. */
  close(): void;
}

export function createBudget(limit: number): Budget {
  let spent = 0;
  let closed = false;
  let waiting: (() => void)[] = [];

  const isExhausted = (): boolean => spent >= limit && !closed;
  const wake = (): void => {
    if (isExhausted()) return;
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  return {
    get exhausted() {
      return isExhausted();
    },
    spend(bytes) {
      spent += bytes;
    },
    refund(bytes) {
      spent -= bytes;
      wake();
    },
    available: () => (isExhausted() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    close() {
      closed = true;
      wake();
    },
  };
}
