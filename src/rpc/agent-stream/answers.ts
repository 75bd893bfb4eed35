import type { Budget } from './budget.ts';

/** Answers to a client, given in the order in which its frames came, however long each takes. */
export interface Answers {
  /** Whether every frame so far was answered. */
  readonly idle: boolean;
  /**
   * Takes a place in the line. `bytes` of the budget stay spent until the answer is with
   * the writer: `give` hands it over and calls `taken` when it is. `answer` must not reject.
   */
  add<T>(bytes: number, answer: Promise<T>, give: (answer: T, taken: () => void) => void): void;
  /** Resolves when every frame so far was answered. */
  settled(): Promise<void>;
}

export function createAnswers(budget: Budget): Answers {
  let tail: Promise<void> = Promise.resolve();
  let open = 0;
  return {
    get idle() {
      return open === 0;
    },
    add(bytes, answer, give) {
      open++;
      budget.spend(bytes);
      tail = Promise.all([answer, tail]).then(([value]) => {
        open--;
        give(value, () => budget.refund(bytes));
      });
    },
    settled: () => tail,
  };
}
