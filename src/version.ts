import { readFileSync } from 'node:fs';

/** Version of this software, from its package.json, wherever it runs from: `src` or `dist/src`. */
export const SERVER_VERSION: string = readVersion();

function readVersion(): string {
  const up = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json';
  const { version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string };
  return version;
}
