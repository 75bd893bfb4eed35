import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type AgentStreamRequest, AgentStreamRequestSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';

/** A message of gRPC: a flag byte, four bytes of length, the bytes. The length may be a lie. */
export function grpcMessage(bytes: Uint8Array, { compressed = false, length = bytes.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

type FrameInit = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;

/** A frame of an AgentStream as gRPC carries it. */
export function streamFrame(frame: FrameInit): Buffer {
  const request: AgentStreamRequest = create(AgentStreamRequestSchema, { frame });
  return grpcMessage(toBinary(AgentStreamRequestSchema, request));
}

/** The first frame of an agent. */
export function hello(agentId: string, more: Partial<Extract<FrameInit, { case: 'hello' }>['value']> = {}): Buffer {
  return streamFrame({ case: 'hello', value: { agent: { agentId }, instanceId: 'i', ...more } as never });
}

export interface GrpcCallOptions {
  readonly apiKey: string;
  /** `AgentService/AgentStream`. */
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a call. Nothing of its answer is read until somebody listens for data: the window of the stream fills. */
export function openGrpcCall(session: ClientHttp2Session, options: GrpcCallOptions): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': `/agentbus.v1.${options.method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-agent-api-key': options.apiKey,
    ...options.headers,
  });
  // Being reset is one of the ways to be refused; `grpcEnd` tells.
  stream.on('error', () => undefined);
  return stream;
}

/** How a call ended: by a status, or by a reset. */
export interface GrpcEnd {
  /** The status of gRPC; undefined for a stream that was reset. */
  readonly status: number | undefined;
  readonly message: string;
  /** The bytes of grpc-status-details-bin; the reason can be found in them as text. */
  readonly details: string;
  readonly resetCode: number;
  readonly bytes: number;
}

/** Reads a call to its end. */
export async function grpcEnd(stream: ClientHttp2Stream): Promise<GrpcEnd> {
  let trailers: Record<string, unknown> = {};
  let bytes = 0;
  // A status is the end, even if the client has not said everything yet; without one, the end is a reset.
  await new Promise<void>((resolve) => {
    const note = (headers: Record<string, unknown>) => {
      trailers = { ...trailers, ...headers };
      if ('grpc-status' in headers) resolve();
    };
    stream.on('response', note).on('trailers', note).on('close', resolve);
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    if (stream.closed) resolve();
  });
  stream.close();
  const status = trailers['grpc-status'];
  return {
    status: status === undefined ? undefined : Number(status),
    message: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
    details: Buffer.from(String(trailers['grpc-status-details-bin'] ?? ''), 'base64').toString('latin1'),
    resetCode: stream.rstCode ?? 0,
    bytes,
  };
}

/** A connection of HTTP/2 that stays until it is destroyed; that the bus cuts it is no surprise. */
export function connectHttp2(address: string): ClientHttp2Session {
  const session = connect(address);
  session.on('error', () => undefined);
  return session;
}
