/** What a dead letter is called: the sequence that its message had in the mailbox, which no other ever gets. */
const RADIX = 36;
const PATTERN = /^[1-9a-z][0-9a-z]{0,10}$/;

export function formatDeadLetterId(sequence: number): string {
  return sequence.toString(RADIX);
}

/** Undefined for anything that `formatDeadLetterId` cannot have made. */
export function parseDeadLetterId(id: string): number | undefined {
  if (!PATTERN.test(id)) return undefined;
  const sequence = Number.parseInt(id, RADIX);
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}
