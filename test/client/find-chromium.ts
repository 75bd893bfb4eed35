import { existsSync } from 'node:fs';

/** Where Chromium is: `CHROMIUM`, or where Debian's package puts it; undefined if it is not installed. */
export function findChromium(): string | undefined {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return existsSync(path) ? path : undefined;
}
