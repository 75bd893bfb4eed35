import { Code, ConnectError } from '@connectrpc/connect';
import { RPC_LIMITS } from '../../limits.ts';
import { UNDECLARED_COMPRESSION } from '../transport-errors.ts';
import { PREFIX_BYTES } from './prefix.ts';

/**
 * Finds the messages in the bytes of a gRPC request, wherever these were cut. A message that comes in more than one piece
 * is put together, in a buffer that has room for a few times what has come of it: one that was only announced costs nothing.
 */
export interface MessageReader {
  /** Takes the next bytes; to be called when `next` has given all there was. Nobody may change them afterwards. */
  add(bytes: Uint8Array): void;
  /**
   * The next whole message; undefined if there is none. It may be a view of the bytes that it came in: whoever keeps it for
   * longer keeps a copy. Throws what is wrong with its prefix.
   */
  next(): Uint8Array | undefined;
  /** Bytes of the message that has begun and not ended, its prefix counted. */
  readonly unfinished: number;
}

/** The bit of a message's flags that says that it is compressed. */
const COMPRESSED = 1;

/** A message that comes in packets of the usual size is put together in one step, or two. */
const GATHER_FACTOR = 8;

const NOTHING = new Uint8Array(0);

export function createMessageReader(maxMessageBytes: number = RPC_LIMITS.maxRequestBytes): MessageReader {
  let chunk: Uint8Array = NOTHING;
  let at = 0;
  /** What came of the prefix that is being read. */
  let head = 0;
  let flags = 0;
  let length = 0;
  /** The message so far, if it came in pieces. */
  let gathered: Uint8Array = NOTHING;
  let filled = 0;

  /** Whether the prefix is complete. */
  const readPrefix = (): boolean => {
    while (head < PREFIX_BYTES && at < chunk.length) {
      const byte = chunk[at++] as number;
      if (head === 0) flags = byte;
      else length = length * 256 + byte;
      head++;
    }
    if (head < PREFIX_BYTES) return false;
    if (length > maxMessageBytes) throw tooLarge(length, maxMessageBytes);
    if ((flags & COMPRESSED) !== 0) throw compressed();
    return true;
  };
  const gather = (size: number): void => {
    if (filled + size > gathered.length) {
      const room = Math.min(length, Math.max(RPC_LIMITS.gatherBytes, GATHER_FACTOR * (filled + size)));
      const larger = new Uint8Array(room);
      larger.set(gathered.subarray(0, filled));
      gathered = larger;
    }
    gathered.set(chunk.subarray(at, at + size), filled);
    filled += size;
    at += size;
  };
  const finish = (message: Uint8Array): Uint8Array => {
    head = 0;
    length = 0;
    filled = 0;
    gathered = NOTHING;
    return message;
  };
  return {
    add(bytes) {
      chunk = bytes;
      at = 0;
    },
    next() {
      if (!readPrefix()) return undefined;
      const available = chunk.length - at;
      if (filled === 0 && available >= length) {
        at += length;
        return finish(chunk.subarray(at - length, at));
      }
      gather(Math.min(available, length - filled));
      if (filled < length) return undefined;
      return finish(gathered.length === length ? gathered : gathered.slice(0, length));
    },
    get unfinished() {
      return head < PREFIX_BYTES ? head : PREFIX_BYTES + filled;
    },
  };
}

/** Requests with compressed messages say so in their header, and are served elsewhere. */
function compressed(): ConnectError {
  return new ConnectError(UNDECLARED_COMPRESSION, Code.Internal);
}

function tooLarge(actual: number, limit: number): ConnectError {
  return new ConnectError(
    `message size ${actual} is larger than configured readMaxBytes ${limit}`,
    Code.ResourceExhausted,
  );
}
