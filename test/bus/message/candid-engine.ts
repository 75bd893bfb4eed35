import type { Engine, EngineError, MessageKey, NewMessage, Write } from '../../../src/engine/engine.ts';

/**
 * An engine that takes the contract by its word: the record has a message when it is durable and not before, even
 * for a look that is answered later. It counts what it is asked for.
 */
export interface CandidEngine extends Engine {
  readonly calls: { accept: number; commit: number; find: number };
  /** Resolves at the next commit of messages, when it is under way. */
  committing(): Promise<void>;
  /** The next message that is accepted is refused instead. */
  refuseNext(refusal: EngineError): void;
  /** What is accepted from now on fails. */
  fail(error: EngineError): void;
}

export function candidEngine(engine: Engine): CandidEngine {
  const calls = { accept: 0, commit: 0, find: 0 };
  const underWay = new Map<string, number>();
  /** What was under way and is not any more: a repeat that is under way does not hide it. */
  const over = new Set<string>();
  let begun = Promise.withResolvers<void>();
  let refusal: EngineError | undefined;
  let failure: EngineError | undefined;

  const count = (messages: readonly NewMessage[], change: number): void => {
    for (const message of messages) {
      const name = nameOf(message);
      underWay.set(name, (underWay.get(name) ?? 0) + change);
      if (change < 0) over.add(name);
    }
  };
  return {
    ...engine,
    calls,
    committing: () => begun.promise,
    refuseNext(error) {
      refusal = error;
    },
    fail(error) {
      failure = error;
    },
    journal: {
      flush: () => engine.journal.flush(),
      async commit(write: Write) {
        const { messages = [] } = write;
        if (messages.length > 0) {
          calls.commit++;
          begun.resolve();
          begun = Promise.withResolvers();
        }
        count(messages, 1);
        try {
          await engine.journal.commit(write);
        } finally {
          count(messages, -1);
        }
      },
      accept(messages, { done, failed }) {
        calls.accept++;
        const [refused, error] = [refusal, failure];
        refusal = undefined;
        if (error !== undefined) return queueMicrotask(() => failed(error));
        if (refused !== undefined) return queueMicrotask(() => done(new Map([[0, refused]])));
        count(messages, 1);
        engine.journal.accept(messages, {
          done(refusals) {
            count(messages, -1);
            done(refusals);
          },
          failed(error) {
            count(messages, -1);
            failed(error);
          },
        });
      },
    },
    messages: {
      ...engine.messages,
      async find(keys) {
        calls.find++;
        const hidden = keys.map((key) => !over.has(nameOf(key)) && (underWay.get(nameOf(key)) ?? 0) > 0);
        const found = await engine.messages.find(keys);
        return found.map((records, index) => (hidden[index] ? [] : records));
      },
    },
  };
}

function nameOf({ sender, messageId }: MessageKey): string {
  return `${sender} ${messageId}`;
}
