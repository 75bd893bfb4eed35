/** What the load needs of a NATS frame. `buffer` and the places in it are good until the call returns. */
export interface NatsMessage {
  readonly buffer: Buffer;
  readonly subjectStart: number;
  readonly subjectEnd: number;
  /** Both 0 if there is no reply subject. */
  readonly replyStart: number;
  readonly replyEnd: number;
  /** Empty, which is to say the same as `contentStart`, if there are no headers. */
  readonly headersStart: number;
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** Who hears what a NATS server says. `+OK` is nothing to say. */
export interface NatsListener {
  message(message: NatsMessage): void;
  info(text: string): void;
  ping(): void;
  pong(): void;
  /** `-ERR`: what was refused, in the server's words. */
  error(text: string): void;
}

const CR = 13;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const [PLUS, MINUS, H, I, M, P] = [43, 45, 72, 73, 77, 80];
/** As the server's own bound for a control line; INFO alone is longer. */
const LONGEST_LINE = 64 * 1024;

/**
 * Reads the text protocol of NATS from chunks as they come from the socket. No string and no object for a message: they would
 * be most of what the load costs. Throws at anything that is not the protocol.
 */
export function createNatsReader(listener: NatsListener): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  const places = new Uint32Array(5);
  const found = {
    buffer: Buffer.alloc(0) as Buffer,
    subjectStart: 0,
    subjectEnd: 0,
    replyStart: 0,
    replyEnd: 0,
    headersStart: 0,
    contentStart: 0,
    contentEnd: 0,
  };

  /** Reads one frame; returns where the next begins, or -1 if this one is not yet complete. */
  function readFrame(buffer: Buffer, start: number): number {
    const lineEnd = buffer.indexOf(CR, start);
    if (lineEnd < 0 || lineEnd + 1 >= buffer.length) {
      if (buffer.length - start > LONGEST_LINE) throw new Error('a line of NATS has no end');
      return -1;
    }
    const next = lineEnd + 2;
    const second = buffer[start + 1] ?? 0;
    switch (buffer[start]) {
      case M:
        return readMessage(buffer, start + 4, { lineEnd, hasHeaders: false });
      case H:
        return readMessage(buffer, start + 5, { lineEnd, hasHeaders: true });
      case PLUS:
        return next;
      case P:
        if (second === I) listener.ping();
        else listener.pong();
        return next;
      case I:
        listener.info(buffer.toString('latin1', start + 5, lineEnd));
        return next;
      case MINUS:
        listener.error(buffer.toString('latin1', start + 5, lineEnd));
        return next;
      default:
        throw new Error(`not a frame of NATS: ${buffer.toString('latin1', start, Math.min(lineEnd, start + 40))}`);
    }
  }

  /** `<subject> <sid> [reply] [bytes of headers] <bytes of all>`, and then these bytes. */
  function readMessage(
    buffer: Buffer,
    start: number,
    { lineEnd, hasHeaders }: { lineEnd: number; hasHeaders: boolean },
  ): number {
    // The places of the spaces: where the words after the first begin, less one.
    let words = 0;
    for (let at = start; at < lineEnd; at++) if (buffer[at] === SPACE) places[words++] = at;
    const sizes = hasHeaders ? 2 : 1;
    const hasReply = words === sizes + 2;
    if (!hasReply && words !== sizes + 1)
      throw new Error(`not a message of NATS: ${buffer.toString('latin1', start, lineEnd)}`);
    const lastSpace = places[words - 1] ?? 0;
    const total = readSize(buffer, lastSpace + 1, lineEnd);
    const bodyStart = lineEnd + 2;
    const end = bodyStart + total;
    if (end + 2 > buffer.length) return -1;
    if (buffer[end] !== CR) throw new Error('a message of NATS is longer than it says');
    found.buffer = buffer;
    found.subjectStart = start;
    found.subjectEnd = places[0] ?? 0;
    found.replyStart = hasReply ? (places[1] ?? 0) + 1 : 0;
    found.replyEnd = hasReply ? (places[2] ?? 0) : 0;
    found.headersStart = bodyStart;
    found.contentStart = bodyStart + (hasHeaders ? readSize(buffer, (places[words - 2] ?? 0) + 1, lastSpace) : 0);
    found.contentEnd = end;
    listener.message(found);
    return end + 2;
  }

  return (chunk) => {
    const buffer = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at < buffer.length) {
      const next = readFrame(buffer, at);
      if (next < 0) break;
      at = next;
    }
    rest = at === buffer.length ? undefined : buffer.subarray(at);
  };
}

function readSize(buffer: Buffer, start: number, end: number): number {
  let size = 0;
  for (let at = start; at < end; at++) {
    const digit = buffer[at] ?? 0;
    if (digit < ZERO || digit > NINE) throw new Error(`not a size of NATS: ${buffer.toString('latin1', start, end)}`);
    size = size * 10 + digit - ZERO;
  }
  return size;
}
