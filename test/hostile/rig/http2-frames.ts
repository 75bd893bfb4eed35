/** Frames of HTTP/2 (RFC 9113) as bytes, right or wrong, as no library would send them. */

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4 } as const;

/** What a connection begins with. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface FrameOptions {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Buffer;
}

export function frame({ type, flags = 0, stream = 0, payload = Buffer.alloc(0) }: FrameOptions): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of HPACK (RFC 7541) that uses no table: each field is a literal that is not indexed. */
export function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.of(0), hpackText(name), hpackText(value)]),
  );
}

/** A field that the table keeps, which `indexed` then repeats in one byte. */
export function keptField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x40), hpackText(name), hpackText(value)]);
}

/** The newest field of the table, said again. */
export const NEWEST_FIELD = Buffer.of(0x80 | 62);

function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([hpackLength(bytes.length), bytes]);
}

/** An integer of HPACK with a prefix of seven bits. */
function hpackLength(length: number): Buffer {
  if (length < 127) return Buffer.of(length);
  const bytes = [127];
  let rest = length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Cuts what a connection receives into frames. Keeps the rest of a frame that has not come whole. */
export function createFrameReader(): (chunk: Buffer) => ReceivedFrame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: ReceivedFrame[] = [];
    for (;;) {
      const length = rest.length < 9 ? Infinity : 9 + rest.readUIntBE(0, 3);
      if (rest.length < length) return frames;
      frames.push({
        type: rest[3] ?? 0,
        flags: rest[4] ?? 0,
        stream: rest.readUInt32BE(5) & 0x7fffffff,
        payload: rest.subarray(9, length),
      });
      rest = rest.subarray(length);
    }
  };
}
