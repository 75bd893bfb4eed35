const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Each unit as text, and the next smaller one, in which the rest is told. */
const UNITS = [
  { ms: DAY, name: 'd', restMs: HOUR, restName: 'h' },
  { ms: HOUR, name: 'h', restMs: MINUTE, restName: 'min' },
  { ms: MINUTE, name: 'min', restMs: SECOND, restName: 's' },
] as const;

/** A length of time as people say it: `3 d 4 h`, `2 min`, `7.5 s`, `80 ms`. Rounded down; one below 0 counts as 0. */
export function durationText(durationMs: number): string {
  for (const { ms, name, restMs, restName } of UNITS) {
    if (durationMs < ms) continue;
    const rest = Math.floor((durationMs % ms) / restMs);
    return `${Math.floor(durationMs / ms)} ${name}${rest === 0 ? '' : ` ${rest} ${restName}`}`;
  }
  if (durationMs < SECOND) return `${Math.max(0, Math.floor(durationMs))} ms`;
  return `${Math.floor(durationMs / 100) / 10} s`;
}
