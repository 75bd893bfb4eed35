/** Keeps what each sender does in the order in which it began, while different senders overlap. */
export interface Turns {
  /** Takes a place in the line of `sender`. */
  take(sender: string): Turn;
  /** Whether somebody has a place in the line of `sender` and is not done. */
  isTaken(sender: string): boolean;
}

/** One place in a line. */
export interface Turn {
  /** Resolves when all earlier places of the line are done. */
  readonly arrived: Promise<void>;
  /** Lets the next one go. Must be called, also after a failure; once is enough and twice does no harm. */
  done(): void;
}

export function createTurns(): Turns {
  const tails = new Map<string, Promise<void>>();
  return {
    isTaken: (sender) => tails.has(sender),
    take(sender) {
      const arrived = tails.get(sender) ?? Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const tail = arrived.then(() => promise);
      tails.set(sender, tail);
      return {
        arrived,
        done() {
          resolve();
          if (tails.get(sender) === tail) tails.delete(sender);
        },
      };
    },
  };
}
