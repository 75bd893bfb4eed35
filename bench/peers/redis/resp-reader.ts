/** Who hears the replies of a Redis server, part by part. Buffers and places in them are good until the call returns. */
export interface RespListener {
  /** A string: bulk or simple. */
  string(buffer: Buffer, start: number, end: number): void;
  integer(value: number): void;
  /** An absent value: `$-1` or `*-1`. */
  none(): void;
  /** The reply is complete. Its arrays are told by nothing but their parts. */
  end(): void;
  /** The reply is an error, or has one in it. */
  error(text: string): void;
}

const CR = 13;
const [PLUS, MINUS, COLON, DOLLAR, STAR, ZERO, NINE] = [43, 45, 58, 36, 42, 48, 57];
/** Beyond this, a line is not one of the protocol. */
const LONGEST_LINE = 64 * 1024;

/**
 * Reads RESP2 from chunks as they come from the socket. What has been told of a reply is not read again when the rest of it
 * comes, so a large reply costs no more than its bytes.
 */
export function createRespReader(listener: RespListener): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  /** Values that the reply still lacks: an array is one value that leads to others. */
  let missing = 0;

  /** Reads one value or the head of an array; returns where the next begins, or -1 if this one is not yet complete. */
  function readPart(buffer: Buffer, start: number): number {
    const lineEnd = buffer.indexOf(CR, start);
    if (lineEnd < 0 || lineEnd + 1 >= buffer.length) {
      if (buffer.length - start > LONGEST_LINE) throw new Error('a line of RESP has no end');
      return -1;
    }
    let next = lineEnd + 2;
    const isFirst = missing === 0;
    let parts = 0;
    switch (buffer[start]) {
      case DOLLAR: {
        const size = readInteger(buffer, start + 1, lineEnd);
        if (size < 0) {
          listener.none();
          break;
        }
        if (next + size + 2 > buffer.length) return -1;
        if (buffer[next + size] !== CR) throw new Error('a string of RESP is longer than it says');
        listener.string(buffer, next, next + size);
        next += size + 2;
        break;
      }
      case STAR:
        parts = readInteger(buffer, start + 1, lineEnd);
        if (parts < 0) {
          listener.none();
          parts = 0;
        }
        break;
      case COLON:
        listener.integer(readInteger(buffer, start + 1, lineEnd));
        break;
      case PLUS:
        listener.string(buffer, start + 1, lineEnd);
        break;
      case MINUS:
        listener.error(buffer.toString('latin1', start + 1, lineEnd));
        break;
      default:
        throw new Error(`not a reply of Redis: ${buffer.toString('latin1', start, Math.min(lineEnd, start + 40))}`);
    }
    missing += parts - (isFirst ? 0 : 1);
    if (missing === 0) listener.end();
    return next;
  }

  return (chunk) => {
    const buffer = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at < buffer.length) {
      const next = readPart(buffer, at);
      if (next < 0) break;
      at = next;
    }
    rest = at === buffer.length ? undefined : buffer.subarray(at);
  };
}

function readInteger(buffer: Buffer, start: number, end: number): number {
  const isNegative = buffer[start] === MINUS;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const digit = buffer[at] ?? 0;
    if (digit < ZERO || digit > NINE)
      throw new Error(`not an integer of RESP: ${buffer.toString('latin1', start, end)}`);
    value = value * 10 + digit - ZERO;
  }
  return isNegative ? -value : value;
}
