/** A JSON object as it was read or is to be written. */
export type Words = Readonly<Record<string, unknown>>;

/** A line of standard input. */
export interface Command {
  readonly id: number;
  readonly command: string;
  readonly with?: Words;
}

/** What each command does; what it resolves with is its result, and nothing stands for an empty one. */
export type Commands = Readonly<Record<string, (words: Words) => unknown>>;
