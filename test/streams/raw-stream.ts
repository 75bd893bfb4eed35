import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { findTrailerError } from '@connectrpc/connect/protocol-grpc';
import {
  AgentStreamRequestSchema,
  type AgentStreamResponse,
  AgentStreamResponseSchema,
} from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';

export type Frame = Exclude<AgentStreamResponse['frame'], { case: undefined }>;
export type FrameInit = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;

/** How a stream was over: by the bus, with a status, or by the loss of what carried it. */
export type StreamEnd =
  | { readonly by: 'bus'; readonly code: string; readonly reason: string | undefined }
  | { readonly by: 'loss' };

/** One AgentStream, byte by byte in the test's hands. */
export interface RawStream {
  /** Writes frames at once, as one piece. What a stream that is over says is dropped. */
  say(...frames: FrameInit[]): void;
  /** The next frame that came; rejects if the stream is over before one does. */
  next(): Promise<Frame>;
  /** The next frame of this kind; others are passed over. */
  nextOf<Case extends Frame['case']>(name: Case): Promise<Extract<Frame, { case: Case }>['value']>;
  /** Every frame, until the stream is over. */
  frames(): AsyncGenerator<Frame, void, undefined>;
  /** Resolves when the stream is over. */
  readonly ended: Promise<StreamEnd>;
  /** Frames that came and were not taken. */
  readonly unread: number;
  /** Ends the client's side: END_STREAM. */
  endRequests(): void;
  /** RST_STREAM. */
  reset(code: number): void;
  /** Reads no more: flow control stops the bus once the windows are full. */
  pause(): void;
  resume(): void;
}

/** gRPC's five bytes before each message, and the message. */
export function encodeFrame(frame: FrameInit): Buffer {
  const message = toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Speaks AgentStream on an open HTTP/2 stream. */
export function createRawStream(http2: ClientHttp2Stream): RawStream {
  const waiting: Frame[] = [];
  let wake = (): void => {};
  let over = false;
  const ended = endOf(http2).then((end) => {
    over = true;
    wake();
    return end;
  });
  readMessages(http2, (bytes) => {
    const { frame } = fromBinary(AgentStreamResponseSchema, bytes);
    if (frame.case !== undefined) waiting.push(frame);
    wake();
  });
  const take = async (): Promise<Frame | undefined> => {
    while (waiting.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
    return waiting.shift();
  };
  const next = async (): Promise<Frame> => {
    const frame = await take();
    if (frame === undefined) throw new Error(`the stream is over: ${JSON.stringify(await ended)}`);
    return frame;
  };
  return {
    say(...frames) {
      if (!http2.destroyed && !http2.writableEnded) http2.write(Buffer.concat(frames.map(encodeFrame)));
    },
    next,
    async nextOf(name) {
      let frame = await next();
      while (frame.case !== name) frame = await next();
      return frame.value as never;
    },
    async *frames() {
      for (let frame = await take(); frame !== undefined; frame = await take()) yield frame;
    },
    ended,
    get unread() {
      return waiting.length;
    },
    endRequests: () => void http2.end(),
    reset: (code) => http2.close(code),
    pause: () => void http2.pause(),
    resume: () => void http2.resume(),
  };
}

/** Calls `take` with each whole message; a part of one at the end is never shown. */
function readMessages(http2: ClientHttp2Stream, take: (message: Uint8Array) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  http2.on('data', (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 5) {
      const end = 5 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      take(rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  });
}

function endOf(http2: ClientHttp2Stream): Promise<StreamEnd> {
  let status: IncomingHttpHeaders | undefined;
  // A refusal before the first frame has its status in the header.
  http2.on('response', (header) => (status = header['grpc-status'] === undefined ? status : header));
  http2.on('trailers', (trailers: IncomingHttpHeaders) => {
    status = trailers;
    // As stubs do: the call is over, though the client had not ended its side.
    http2.close();
  });
  // The close that follows says all there is to say.
  http2.on('error', () => undefined);
  return new Promise((resolve) => {
    http2.once('close', () => resolve(status === undefined ? { by: 'loss' } : { by: 'bus', ...readStatus(status) }));
  });
}

function readStatus(trailers: IncomingHttpHeaders): { code: string; reason: string | undefined } {
  const named = Object.entries(trailers).filter(([name]) => !name.startsWith(':')) as [string, string][];
  const error: ConnectError | undefined = findTrailerError(new Headers(named));
  if (error === undefined) return { code: 'OK', reason: undefined };
  return { code: Code[error.code], reason: error.findDetails(ErrorInfoSchema)[0]?.reason };
}
