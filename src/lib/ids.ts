import type { Random } from './random.ts';

/** An id that nobody guesses and that never comes twice: `prefix_` and 22 URL-safe characters (128 bits). */
export function mintId(prefix: string, random: Random): string {
  return `${prefix}_${Buffer.from(random.bytes(16)).toString('base64url')}`;
}
