import type { Engine } from '../../src/engine/engine.ts';
import type { AssembleOptions } from '../../src/engine/sqlite/assemble.ts';
import { assembleEngine } from '../../src/engine/sqlite/assemble.ts';
import { IN_MEMORY } from '../../src/engine/sqlite/database.ts';
import type { StoreLink, StoreLinkListener } from '../../src/engine/sqlite/store-link.ts';
import { createStoreRunner } from '../../src/engine/sqlite/store-runner.ts';
import type { FromWorker, ToWorker } from '../../src/engine/sqlite/worker-messages.ts';

export interface InlineEngineOptions extends AssembleOptions {
  /**
   * Calls `run` once, later: in it the store does one batch, and what waited for that hears of it. Whoever decides on the
   * moment decides how long writes are under way. `queueMicrotask` and `setImmediate` will do.
   */
  defer(run: () => void): void;
}

/**
 * Opens the embedded engine in memory, in this thread alone: the same operations, tapes, group commit and mailboxes, with
 * a call where there is a thread otherwise. The same calls therefore always lead to the same results in the same order.
 */
export async function openInlineEngine({ defer, ...options }: InlineEngineOptions): Promise<Engine> {
  return await assembleEngine(options, { link: createInlineLink(defer), inMemory: true, release() {} });
}

function createInlineLink(defer: InlineEngineOptions['defer']): StoreLink {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  /** What is under way to the store; taken in order, whatever the order in which deferred calls come. */
  const underWay: (() => void)[] = [];
  let listener: StoreLinkListener | undefined;
  let open = true;

  const later = (work: () => void): void => {
    underWay.push(work);
    defer(() => {
      if (open) underWay.shift()?.();
    });
  };
  const end = (): void => {
    if (!open) return;
    open = false;
    listener?.exited(0);
    resolve();
  };
  const runner = createStoreRunner({
    // Moved as between threads, so that whoever used a buffer after it was sent would be found out here too.
    send: (message, moved) => listener?.received(structuredClone<FromWorker>(message, { transfer: moved })),
    end,
  });
  later(() => runner.open({ file: IN_MEMORY }));
  return {
    send(message, moved) {
      const arrived = structuredClone<ToWorker>(message, { transfer: moved });
      later(() => runner.receive(arrived));
    },
    listen(next) {
      listener = next;
    },
    async terminate() {
      end();
    },
    ended,
  };
}
