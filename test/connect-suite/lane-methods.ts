import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { LaneRoutes } from '../../src/rpc/grpc/lane.ts';
import type { LeanCall } from '../../src/rpc/grpc/lean-call.ts';
import { createMessageReader, type MessageReader } from '../../src/rpc/grpc/message-reader.ts';
import { envelopeMessage } from '../../src/rpc/grpc/prefix.ts';
import { serveUnary } from '../../src/rpc/grpc/serve-unary.ts';
import {
  type BidiStreamRequest,
  BidiStreamRequestSchema,
  BidiStreamResponseSchema,
  UnaryRequestSchema,
  UnaryResponseSchema,
} from './gen/connectrpc/conformance/v1/service_pb.js';
import { answerOnce, answerStream, ConformanceService, type Metadata } from './methods.ts';
import { type CallInfo, requestInfo } from './request-info.ts';

/** What the lane itself has no use for: the header fields of a request, by its stream. */
export type HeadersOf = WeakMap<ServerHttp2Stream, IncomingHttpHeaders>;

export interface LaneMethodsOptions {
  readonly headersOf: HeadersOf;
  readonly maxRequestBytes: number;
}

/** Puts the two shapes of calls that the lane carries on it. */
export function addToLane(lane: LaneRoutes, { headersOf, maxRequestBytes }: LaneMethodsOptions): void {
  const infoOf = (call: LeanCall): CallInfo => ({
    header: toHeaders(headersOf.get(call.stream) ?? {}),
    timeoutMs: call.timeoutMs(),
  });
  lane.add(ConformanceService.method.unary, (call) => {
    const metadata = sendMetadata(call.stream);
    serveUnary(call, {
      maxRequestBytes,
      read(message) {
        const request = fromBinary(UnaryRequestSchema, message);
        const info = requestInfo(UnaryRequestSchema, [request], infoOf(call));
        return async () =>
          toBinary(
            UnaryResponseSchema,
            create(UnaryResponseSchema, await answerOnce(request.responseDefinition, metadata, info)),
          );
      },
    });
  });
  lane.add(ConformanceService.method.bidiStream, (call) => {
    const requests = requestsOf(call, createMessageReader(maxRequestBytes));
    void serveBidi(call, requests, infoOf(call));
  });
}

async function serveBidi(call: LeanCall, requests: AsyncIterable<BidiStreamRequest>, info: CallInfo): Promise<void> {
  call.record.reached = true;
  const metadata = sendMetadata(call.stream);
  try {
    for await (const response of answerStream(requests, metadata, info)) {
      if (!call.canWrite) return;
      if (!call.stream.headersSent) call.respond();
      call.stream.write(envelopeMessage(toBinary(BidiStreamResponseSchema, response)));
    }
    if (!call.canWrite) return;
    if (!call.stream.headersSent) call.respond();
    call.succeed();
    call.stream.end();
  } catch (error) {
    // What a definition wants in the header comes before the end, and not with it.
    if (call.canWrite && !call.stream.headersSent && [...metadata.responseHeader].length > 0) call.respond();
    call.fail(error);
  }
}

async function* requestsOf({ stream, signal }: LeanCall, reader: MessageReader): AsyncGenerator<BidiStreamRequest> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    signal.throwIfAborted();
    reader.add(chunk as Buffer);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      yield fromBinary(BidiStreamRequestSchema, message);
    }
  }
}

/** The calls of the bus send no metadata of their own. What is added to these goes where the lane writes its own. */
function sendMetadata(stream: ServerHttp2Stream): Metadata {
  const metadata: Metadata = { responseHeader: new Headers(), responseTrailer: new Headers() };
  const { respond, sendTrailers } = stream;
  stream.respond = (header: OutgoingHttpHeaders = {}, options) => {
    const last = options?.endStream === true ? fieldsOf(metadata.responseTrailer) : {};
    respond.call(stream, { ...header, ...fieldsOf(metadata.responseHeader), ...last }, options);
  };
  stream.sendTrailers = (trailer) => sendTrailers.call(stream, { ...trailer, ...fieldsOf(metadata.responseTrailer) });
  return metadata;
}

function fieldsOf(headers: Headers): OutgoingHttpHeaders {
  return Object.fromEntries(headers);
}

function toHeaders(fields: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(':') && value !== undefined) headers.set(name, String(value));
  }
  return headers;
}
