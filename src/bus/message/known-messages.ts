import type { MessageKey } from '../../engine/engine.ts';
import type { Earlier } from './repeats.ts';

/** What is known of a message that was sent lately. */
export interface KnownMessage extends Earlier {
  /** Resolves when it is on disk. */
  readonly written: Promise<void>;
}

/**
 * The messages that are on their way to disk. The record of messages answers for those
 * that arrived; this closes the gap in between, for two sends of one message at once.
 *
 * A message stays here until every send that began before it was on disk has ended: such a send may have
 * asked the record too early to be told of it.
 */
export interface KnownMessages {
  get(key: MessageKey): KnownMessage | undefined;
  /** Call before the record is asked; the result ends the send. */
  beginSend(): () => void;
  /** The message is being written. */
  add(key: MessageKey, message: KnownMessage): void;
  /** Messages held; for tests. */
  readonly size: number;
}

export function createKnownMessages(): KnownMessages {
  const known = new Map<string, KnownMessage>();
  /** Numbers of the sends under way, oldest first. */
  const sends = new Set<number>();
  /** Messages on disk, with the number that the next send had then. */
  const retired: { readonly name: string; readonly at: number }[] = [];
  let nextSend = 0;

  function forget(): void {
    const [oldest = nextSend] = sends;
    let count = 0;
    for (const { name, at } of retired) {
      if (at > oldest) break;
      known.delete(name);
      count++;
    }
    retired.splice(0, count);
  }

  return {
    get: (key) => known.get(nameOf(key)),
    beginSend() {
      const send = nextSend++;
      sends.add(send);
      return () => {
        sends.delete(send);
        forget();
      };
    },
    add(key, message) {
      const name = nameOf(key);
      known.set(name, message);
      const retire = () => {
        retired.push({ name, at: nextSend });
        forget();
      };
      message.written.then(retire, retire);
    },
    get size() {
      return known.size;
    },
  };
}

/** Ids have no spaces, so the pair is unambiguous. */
function nameOf({ sender, messageId }: MessageKey): string {
  return `${sender} ${messageId}`;
}
