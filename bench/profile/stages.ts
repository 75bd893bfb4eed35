import type { Stack } from './read-profile.ts';

/** What the time of a thread that waits is called in a profile. */
export const IDLE = 'waits';

const GARBAGE = 'V8: garbage collection on this thread';
const NATIVE = 'native code and kernel outside of any function';

/** Files of `src`, by the first rule that fits, and what they do on the path of a message. */
const MAIN: readonly (readonly [RegExp, string])[] = [
  [/rpc\/grpc\/(encode-frames|frames-|wire-writer|write-frames|prefix)/, '6 frames to clients: written'],
  [/rpc\/grpc\//, '1 frames from clients: put together, heads read'],
  [/rpc\//, '2 the stream: turns, answers, credit'],
  [/bus\/message\/fingerprint/, '3 fingerprint (SHA-256)'],
  [/bus\//, '3 domain: who may, where to, what is in flight'],
  [/engine\/sqlite\/(store-thread|worker-link|tape|operations)/, '4 hand-over to the store thread and back'],
  [/engine\//, '5 mailboxes and leases in memory'],
  [/(src|gen)\//, '7 the rest of the bus'],
];

const STORE: readonly (readonly [RegExp, string])[] = [
  [/engine\/sqlite\/(checksums|hash-key)/, '2 checksums and hashes of ids'],
  [/engine\/sqlite\/(record-keys|key-)/, '3 ids that were seen: looked up and kept'],
  [/engine\/sqlite\/(tape|worker)/, '1 hand-over'],
  [/engine\/sqlite\/(checkpoint|log-)/, '5 checkpoints'],
  [/engine\//, '4 rows: bound, written, committed, fsynced'],
];

/** The stage that a stack of the main thread belongs to. */
export function stageOfMain(stack: Stack): string {
  return stageOf(stack, MAIN, '0 Node: sockets, HTTP/2, streams, timers');
}

/** The same of the store thread. */
export function stageOfStore(stack: Stack): string {
  return stageOf(stack, STORE, '0 Node');
}

/** That of the function of ours that is nearest: what it calls in Node and V8 is its cost. */
function stageOf(stack: Stack, rules: readonly (readonly [RegExp, string])[], otherwise: string): string {
  const own = stack[0]?.functionName;
  if (own === '(idle)') return IDLE;
  if (own === '(garbage collector)') return GARBAGE;
  if (own === '(program)') return NATIVE;
  for (const { url } of stack) {
    const rule = rules.find(([files]) => files.test(url));
    if (rule !== undefined) return rule[1];
  }
  return otherwise;
}
