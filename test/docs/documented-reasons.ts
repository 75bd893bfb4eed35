import { readFileSync } from 'node:fs';

/** What docs/errors.md says of one reason. */
export interface DocumentedReason {
  /** As gRPC spells it: `NOT_FOUND`. */
  readonly status: string;
  readonly http: number;
  readonly when: string;
  /** Names of the facts. */
  readonly facts: readonly string[];
}

const ROW = /^\| `(\w+)` \| (\w+) \| (\d+) \| (.+) \| (.+) \|$/gm;

/** The table of docs/errors.md, in its order. */
export function documentedReasons(): Map<string, DocumentedReason> {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  return new Map(
    Array.from(text.matchAll(ROW), ([, reason = '', status = '', http = '', when = '', facts = '']) => [
      reason,
      { status, http: Number(http), when, facts: Array.from(facts.matchAll(/`(\w+)`/g), ([, name = '']) => name) },
    ]),
  );
}
