import type { Budget } from './budget.ts';

/** Answers to a client, given in the order in which its frames came, however long each takes. */
export interface Answers {
  /** Whether every frame so far was answered. */
  readonly idle: boolean;
  /**
   * Takes a place in the line; what is returned is called once, with the answer. `bytes` of the budget stay spent
   * until the answer is with the writer: `give` hands it over, in turn, and calls `taken` when it is.
   */
  open<T>(bytes: number, give: Give<T>): (answer: T) => void;
  /** The same for an answer that is on its way; it must not reject. */
  add<T>(bytes: number, answer: Promise<T>, give: Give<T>): void;
  /** Resolves when every frame so far was answered. */
  settled(): Promise<void>;
}

export type Give<T> = (answer: T, taken: () => void) => void;

/** A place in the line: a link of a list, because a line may be long and loses its first one all the time. */
interface Place {
  /** Gives the answer; undefined until it is there. */
  give: (() => void) | undefined;
  next: Place | undefined;
}

export function createAnswers(budget: Budget): Answers {
  let first: Place | undefined;
  let last: Place | undefined;

  const append = (give?: () => void): Place => {
    const place: Place = { give, next: undefined };
    if (last === undefined) first = place;
    else last.next = place;
    last = place;
    return place;
  };
  const advance = (): void => {
    for (let give = first?.give; give !== undefined; give = first?.give) {
      first = first?.next;
      if (first === undefined) last = undefined;
      give();
    }
  };
  const open = <T>(bytes: number, give: Give<T>): ((answer: T) => void) => {
    budget.spend(bytes);
    const place = append();
    return (answer) => {
      place.give = () => give(answer, () => budget.refund(bytes));
      advance();
    };
  };
  return {
    get idle() {
      return first === undefined;
    },
    open,
    add: (bytes, answer, give) => void answer.then(open(bytes, give)),
    settled() {
      const { promise, resolve } = Promise.withResolvers<void>();
      append(resolve);
      advance();
      return promise;
    },
  };
}
