import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { PATIENCE_MS } from '../calls/send-request.ts';
import type { FuzzedBus } from './fuzzed-bus.ts';

/** Numbers of the kernel for sockets that a program still holds: ESTABLISHED and CLOSE_WAIT. */
const HELD = ['01', '08'];
const LOOK_EVERY_MS = 10;

/** Throws if the bus still holds its ends of connections whose clients have left. */
export async function requireLetGo({ process }: FuzzedBus, clientPorts: readonly number[]): Promise<void> {
  const own = hex(Number(new URL(process.address).port));
  const left = new Set(clientPorts.map(hex));
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const held = (await readFile('/proc/net/tcp', 'utf8'))
      .split('\n')
      .map((line) => /: \w+:(\w{4}) \w+:(\w{4}) (\w\w) /.exec(line))
      .filter((found) => found?.[1] === own && left.has(found[2] ?? '') && HELD.includes(found[3] ?? ''));
    if (held.length === 0) return;
    if (performance.now() > until) throw new Error(`the bus keeps ${held.length} sockets whose clients have left`);
    await setTimeout(LOOK_EVERY_MS);
  }
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
