/** Opens the embedded engine as a process of its own does: real clock, real disk, nothing else. */
import type { Engine, EngineObserver, NewMessage } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { createSystemClock } from '../../../src/lib/clock.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';

export const RECEIVER = 'test://receiver';

export function openForReal(dataDir: string, observer: EngineObserver = {}): Promise<Engine> {
  const options = { clock: createSystemClock(), random: createSystemRandom(), limits: STORE_LIMITS, observer };
  return openEngine({ engine: 'sqlite', dataDir, ...options });
}

/** A message whose id and content are `name`. */
export function messageOf(name: string, size = 100): NewMessage {
  const envelope = new Uint8Array(Math.max(size, name.length));
  envelope.set(Buffer.from(name));
  return {
    sender: 'test://sender',
    messageId: name,
    fingerprint: new Uint8Array(32),
    recipients: [RECEIVER],
    priority: 2,
    acceptedAt: 1,
    envelope,
  };
}

/** Commits one such message. */
export function send(engine: Engine, name: string, size?: number): Promise<void> {
  return engine.journal.commit({ messages: [messageOf(name, size)] });
}
