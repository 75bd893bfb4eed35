import type { TapeReader, TapeWriter } from '../tape.ts';

/** A message with the number of its deliveries so far. */
export interface Attempted {
  readonly sequence: number;
  readonly attempts: number;
}

export function encodeAttempted(messages: readonly Attempted[], tape: TapeWriter): void {
  tape.number(messages.length);
  for (const { sequence, attempts } of messages) {
    tape.number(sequence);
    tape.number(attempts);
  }
}

export function decodeAttempted(tape: TapeReader, each: (sequence: number, attempts: number) => void): void {
  const count = tape.number();
  for (let index = 0; index < count; index++) each(tape.number(), tape.number());
}
