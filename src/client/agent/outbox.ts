import type { ClientFrame, Lane } from './lane.ts';

/** The writing side of one stream. */
export interface Outbox {
  /** The frames, pulled by the transport as the connection takes them. */
  readonly frames: AsyncIterable<{ frame: ClientFrame }>;
  /** The bus has welcomed the agent: the lanes may speak. */
  open(): void;
  /** A lane has something to say. */
  wake(): void;
  /** Ends the agent's side when the lanes have nothing more to say. */
  end(): void;
  /** Ends the agent's side at once. */
  abort(): void;
}

/** Earlier lanes go first. Says `hello` and then waits for {@link Outbox.open}. */
export function createOutbox(hello: ClientFrame, lanes: readonly Lane[]): Outbox {
  let opened = false;
  let ending = false;
  let aborted = false;
  let wake = () => {};

  function nextFrame(): ClientFrame | undefined {
    for (const lane of lanes) {
      const frame = lane.next();
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  async function* write() {
    yield { frame: hello };
    while (!aborted) {
      const frame = opened ? nextFrame() : undefined;
      if (frame !== undefined) yield { frame };
      else if (ending) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    frames: write(),
    open() {
      opened = true;
      wake();
    },
    wake: () => wake(),
    end() {
      ending = true;
      wake();
    },
    abort() {
      aborted = true;
      wake();
    },
  };
}
