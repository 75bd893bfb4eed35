import type { Words } from './command.ts';

/**
 * The options of the client are those of the commands in camel case: `max_in_flight` is `maxInFlight`. What is inside of them
 * stays as it is, as a payload may have any keys.
 */
export function camelCase<Options>(words: unknown): Options {
  const entries = Object.entries(words as Words);
  return Object.fromEntries(entries.map(([key, value]) => [camelCaseOf(key), value])) as Options;
}

/** `taskCompleted` as the lines say it: `task_completed`. */
export function snakeCaseOf(word: string): string {
  return word.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCaseOf(word: string): string {
  return word.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
