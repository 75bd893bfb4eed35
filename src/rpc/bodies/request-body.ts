import { BusError } from '../../bus/bus-error.ts';
import { RPC_LIMITS } from '../../limits.ts';
import { toConnectError } from '../errors.ts';
import type { BreakReason, HeldBytes } from './held-bytes.ts';
import { createMessageEnds } from './message-ends.ts';

export interface RequestBodyOptions {
  readonly held: HeldBytes;
  /** Whether the body is made of messages that say their length. */
  readonly isEnveloped: boolean;
  /** Whether the whole body has to come in time. If not, each message of it has to. */
  readonly isOneRequest: boolean;
}

/**
 * The body of a request as Connect may have it. A client that sends a message in single bytes is not handed on so: Connect keeps
 * every piece of an unfinished message and counts all of them whenever another one comes, so that some hundred thousand pieces
 * would stop the bus. Small pieces are put together here first, up to a message's end. And what a client
 * leaves unfinished is counted, and broken off when it takes too long or too much.
 */
export async function* requestBody(
  source: AsyncIterable<Uint8Array>,
  { held, isEnveloped, isOneRequest }: RequestBodyOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const ends = isEnveloped ? createMessageEnds(RPC_LIMITS.maxRequestBytes) : undefined;
  const gathered = createGathered();
  let broken: Error | undefined;
  let interrupt = (_error: Error): void => undefined;
  const holding = held.open((why) => {
    broken = brokenOff(why);
    interrupt(broken);
  });
  const pull = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) reject(broken);
      interrupt = reject;
      iterator.next().then(resolve, reject);
    });
  let received = 0;
  try {
    if (isOneRequest) holding.hold(0);
    for (let pulled = await pull(); !pulled.done; pulled = await pull()) {
      const pieces = [...slices(pulled.value, RPC_LIMITS.pieceBytes)].map((piece) => ({
        piece,
        isDue: ends?.take(piece) ?? false,
      }));
      received += pulled.value.length;
      // Before they are handed on: how long the bus takes over a message is not the client's time.
      const unfinished = isOneRequest ? received : (ends?.open ?? 0);
      if (isOneRequest) holding.hold(unfinished);
      else if (unfinished === 0) holding.rest();
      // What is unfinished now is another message: a busy stream is in the middle of one whenever it is read.
      else if (pieces.some(({ isDue }) => isDue)) holding.progress(unfinished);
      else holding.hold(unfinished);
      for (const { piece, isDue } of pieces) yield* gathered.add(piece, isDue);
    }
    yield* gathered.rest();
  } finally {
    holding.rest();
    // Not waited for: a client that is refused before it has said everything would have to end before it heard of it.
    iterator.return?.()?.catch(() => undefined);
  }
}

/** Puts small pieces together. A piece that needs no company goes through uncopied. */
function createGathered() {
  let first: Uint8Array | undefined;
  let block: Uint8Array | undefined;
  let filled = 0;
  const flush = (): Uint8Array[] => {
    const all = block === undefined ? first : block.subarray(0, filled);
    first = undefined;
    block = undefined;
    filled = 0;
    return all === undefined ? [] : [all];
  };
  return {
    /** Adds a piece; what is to be handed on now, if anything. `isDue`: a message is whole with it. */
    add(piece: Uint8Array, isDue: boolean): Uint8Array[] {
      const isLarge = piece.length >= RPC_LIMITS.gatherBytes;
      if (first === undefined && (isDue || isLarge)) return [piece];
      if (isLarge || filled + piece.length > RPC_LIMITS.gatherBytes) {
        const before = flush();
        return isDue || isLarge ? [...before, piece] : [...before, ...this.add(piece, false)];
      }
      if (first === undefined) first = piece;
      else {
        block ??= startBlock(first);
        block.set(piece, filled);
      }
      filled += piece.length;
      return isDue ? flush() : [];
    },
    rest: flush,
  };
}

function startBlock(first: Uint8Array): Uint8Array {
  const block = new Uint8Array(RPC_LIMITS.gatherBytes);
  block.set(first);
  return block;
}

/** Parts of the bytes, none longer than `most`; not copied. */
export function* slices(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  if (bytes.length <= most) yield bytes;
  else for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
}

/** Why a request ends that its client leaves unfinished. */
export function brokenOff(why: BreakReason): Error {
  if (why === 'too_late') {
    const seconds = RPC_LIMITS.maxHeldMs / 1_000;
    return toConnectError(new BusError('DEADLINE_EXCEEDED', `the request was not whole within ${seconds} s`));
  }
  const limit = RPC_LIMITS.maxHeldBytes;
  const message = 'too much waits for clients to finish; this request made the least progress';
  return toConnectError(new BusError('LIMIT_REACHED', message, { bound: 'bytes of unfinished calls', limit }));
}
