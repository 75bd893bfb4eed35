import { type DescMethod, fromBinary, fromJsonString, type Message } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { endStreamFlag, endStreamFromJson, errorFromJsonBytes } from '@connectrpc/connect/protocol-connect';
import { findTrailerError } from '@connectrpc/connect/protocol-grpc';
import { trailerFlag, trailerParse } from '@connectrpc/connect/protocol-grpc-web';
import type { RawAnswer } from './send-request.ts';

/** What an answer says, whatever its protocol. */
export interface Answer {
  /** Absent where the call succeeded, or where the answer is a page. */
  readonly error?: ConnectError;
  readonly messages: readonly Message[];
  /** Neither a call's answer nor an error: a page, a preflight. */
  readonly isPage: boolean;
}

/** Reads an answer as a client of the protocol it came in does. Throws if no client could. */
export function readAnswer(raw: RawAnswer, method: DescMethod): Answer {
  const type = raw.headers.get('content-type') ?? '';
  if (type.startsWith('application/grpc-web')) return readGrpcWeb(raw, method);
  if (type.startsWith('application/grpc')) return readGrpc(raw, method);
  if (type.startsWith('application/connect+')) return readConnectStream(raw, method);
  if (raw.status !== 200 && type.startsWith('application/json')) {
    const fallback = new ConnectError(`HTTP ${raw.status} without an error in it`, Code.Unknown);
    return { error: errorFromJsonBytes(raw.body, raw.headers, fallback), messages: [], isPage: false };
  }
  if (type === 'application/json' || type === 'application/proto') {
    return {
      messages: raw.body.length > 0 || type === 'application/proto' ? [decode(raw.body, type, method)] : [],
      isPage: false,
    };
  }
  return { messages: [], isPage: true };
}

function readGrpc(raw: RawAnswer, method: DescMethod): Answer {
  const end = raw.headers.has('grpc-status') ? raw.headers : raw.trailers;
  if (!end.has('grpc-status')) throw new Error('an answer of gRPC without a status');
  const messages = framesOf(raw.body).map(({ data }) => decode(data, typeOf(raw), method));
  return withError(findTrailerError(end), messages);
}

function readGrpcWeb(raw: RawAnswer, method: DescMethod): Answer {
  const frames = framesOf(raw.body);
  const last = frames.find(({ flags }) => (flags & trailerFlag) !== 0);
  const end = last === undefined ? raw.headers : trailerParse(last.data);
  if (!end.has('grpc-status')) throw new Error('an answer of gRPC-Web without a status');
  const messages = frames.filter((one) => one !== last).map(({ data }) => decode(data, typeOf(raw), method));
  return withError(findTrailerError(end), messages);
}

function readConnectStream(raw: RawAnswer, method: DescMethod): Answer {
  const frames = framesOf(raw.body);
  const last = frames.find(({ flags }) => (flags & endStreamFlag) !== 0);
  if (last === undefined) throw new Error('a stream of Connect without an end');
  const messages = frames.filter((one) => one !== last).map(({ data }) => decode(data, typeOf(raw), method));
  return withError(endStreamFromJson(last.data).error, messages);
}

function withError(error: ConnectError | undefined, messages: readonly Message[]): Answer {
  return { messages, isPage: false, ...(error !== undefined && { error }) };
}

function typeOf({ headers }: RawAnswer): string {
  return headers.get('content-type') ?? '';
}

/** Throws if what the bus wrote is no message of the method. */
export function decode(data: Uint8Array, contentType: string, method: DescMethod): Message {
  if (!contentType.includes('json')) return fromBinary(method.output, data);
  return fromJsonString(method.output, Buffer.from(data).toString('utf8'));
}

/** The frames of a whole body. Throws if one is cut short. */
export function framesOf(body: Buffer): { flags: number; data: Buffer }[] {
  const frames: { flags: number; data: Buffer }[] = [];
  for (let offset = 0; offset < body.length; ) {
    const end = offset + 5 + (offset + 5 <= body.length ? body.readUInt32BE(offset + 1) : 0);
    if (offset + 5 > body.length || end > body.length) throw new Error('an answer ends within a frame');
    frames.push({ flags: body.readUInt8(offset), data: body.subarray(offset + 5, end) });
    offset = end;
  }
  return frames;
}
