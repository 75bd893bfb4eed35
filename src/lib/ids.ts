import type { Random } from './random.ts';

/** An id that nobody guesses and that never comes twice: `prefix_` and 22 URL-safe characters (128 bits). */
export function mintId(prefix: string, random: Random): string {
  // Browsers mint ids too, and have no Buffer.
  const base64 = btoa(String.fromCharCode(...random.bytes(16)));
  return `${prefix}_${base64.replaceAll('+', '-').replaceAll('/', '_').replace('==', '')}`;
}
