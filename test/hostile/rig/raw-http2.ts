import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createFrameReader, FLAG, FRAME, frame, headerBlock, PREFACE, type ReceivedFrame } from './http2-frames.ts';

/** A connection of HTTP/2 with no library in between: it sends what it is told to, and answers nothing by itself. */
export interface RawHttp2 {
  readonly socket: Socket;
  /** What came so far. */
  readonly received: readonly ReceivedFrame[];
  /** Whether the bus closed the connection. */
  readonly closed: boolean;
  /** Writes; resolves when the kernel has taken it, or at once when the bus has closed. */
  write(...bytes: Buffer[]): Promise<void>;
  /** The error code of the bus's GOAWAY; undefined while there is none. */
  goaway(): number | undefined;
  destroy(): void;
}

export interface RawHttp2Options {
  /** Settings to begin with, number and value. None by default. */
  readonly settings?: Readonly<Record<number, number>>;
  /** Whether to read at all. True by default. */
  readonly reads?: boolean;
}

/** Connects, sends preface and settings. */
export async function connectRawHttp2(port: number, options: RawHttp2Options = {}): Promise<RawHttp2> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const received: ReceivedFrame[] = [];
  const read = createFrameReader();
  let closed = false;
  // Being cut by a reset is one of the ways to be cut.
  socket.on('error', () => undefined).on('close', () => (closed = true));
  if (options.reads ?? true) socket.on('data', (chunk: Buffer) => received.push(...read(chunk)));
  const write = (...bytes: Buffer[]): Promise<void> =>
    new Promise((resolve) => {
      if (closed || socket.destroyed) return resolve();
      socket.once('close', resolve);
      socket.write(Buffer.concat(bytes), () => {
        socket.off('close', resolve);
        resolve();
      });
    });
  await write(PREFACE, frame({ type: FRAME.settings, payload: settingsPayload(options.settings ?? {}) }));
  return {
    socket,
    received,
    get closed() {
      return closed;
    },
    write,
    goaway: () => received.find(({ type }) => type === FRAME.goaway)?.payload.readUInt32BE(4),
    destroy: () => socket.destroy(),
  };
}

export function settingsPayload(settings: Readonly<Record<number, number>>): Buffer {
  return Buffer.concat(
    Object.entries(settings).map(([number, value]) => {
      const entry = Buffer.alloc(6);
      entry.writeUInt16BE(Number(number), 0);
      entry.writeUInt32BE(value, 2);
      return entry;
    }),
  );
}

export interface RequestOptions {
  readonly path: string;
  readonly apiKey: string;
  readonly contentType?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The header block of a call. */
export function callHeaders({ path, apiKey, contentType = 'application/grpc', more = {} }: RequestOptions): Buffer {
  return headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':authority': 'bus',
    ':path': path,
    'content-type': contentType,
    te: 'trailers',
    'x-agent-api-key': apiKey,
    ...more,
  });
}

/** The HEADERS frame that opens a call on a stream; the request's body may follow. */
export function openCall(stream: number, block: Buffer): Buffer {
  return frame({ type: FRAME.headers, flags: FLAG.endHeaders, stream, payload: block });
}
