import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import {
  type BidiStreamRequest,
  BidiStreamRequestSchema,
  BidiStreamResponseSchema,
  type ClientStreamRequest,
  ClientStreamRequestSchema,
  ConformancePayloadSchema,
  ConformanceService,
  IdempotentUnaryRequestSchema,
  ServerStreamRequestSchema,
  type StreamResponseDefinition,
  UnaryRequestSchema,
  type UnaryResponseDefinition,
} from './gen/connectrpc/conformance/v1/service_pb.js';
import { addFields, type CallInfo, definedError, requestInfo } from './request-info.ts';

export { ConformanceService };

/** What the metadata of an answer is written to. */
export interface Metadata {
  readonly responseHeader: Headers;
  readonly responseTrailer: Headers;
}

type RequestInfoShape = ReturnType<typeof requestInfo>;

/** Answers a call with one response as its definition asks, or throws the error that it asks for. */
export async function answerOnce(
  definition: UnaryResponseDefinition | undefined,
  { responseHeader, responseTrailer }: Metadata,
  info: RequestInfoShape,
) {
  addFields(responseHeader, definition?.responseHeaders);
  addFields(responseTrailer, definition?.responseTrailers);
  await pause(definition?.responseDelayMs);
  if (definition?.response.case === 'error') throw definedError(definition.response.value, info);
  const data = definition?.response.value ?? new Uint8Array(0);
  return { payload: create(ConformancePayloadSchema, { data, requestInfo: info }) };
}

/** Answers a stream: the requests as they come in, and the responses as the first of them asks. */
export async function* answerStream(
  requests: AsyncIterable<BidiStreamRequest>,
  metadata: Metadata,
  call: CallInfo,
): AsyncGenerator<ReturnType<typeof bidiResponse>> {
  let definition: StreamResponseDefinition | undefined;
  let answers: readonly Uint8Array[] = [];
  let fullDuplex = false;
  let unanswered: BidiStreamRequest[] = [];
  let begun = false;
  let sent = 0;
  const respond = async (data: Uint8Array) => {
    await pause(definition?.responseDelayMs);
    // What is said about the call is said once.
    const heard = requestInfo(BidiStreamRequestSchema, unanswered, sent === 0 ? call : undefined);
    const info = sent === 0 || fullDuplex ? { requestInfo: heard } : {};
    sent++;
    unanswered = [];
    return bidiResponse(data, info);
  };
  for await (const request of requests) {
    if (!begun) {
      begun = true;
      definition = request.responseDefinition;
      answers = definition?.responseData ?? [];
      fullDuplex = request.fullDuplex;
      addFields(metadata.responseHeader, definition?.responseHeaders);
      addFields(metadata.responseTrailer, definition?.responseTrailers);
    }
    unanswered.push(request);
    if (!fullDuplex) continue;
    const data = answers[sent];
    if (data === undefined) break;
    yield await respond(data);
  }
  for (const data of answers.slice(sent)) yield await respond(data);
  if (definition?.error === undefined) return;
  const info = sent === 0 ? requestInfo(BidiStreamRequestSchema, unanswered, call) : undefined;
  throw definedError(definition.error, info);
}

function bidiResponse(data: Uint8Array, info: { requestInfo?: RequestInfoShape }) {
  return create(BidiStreamResponseSchema, { payload: create(ConformancePayloadSchema, { data, ...info }) });
}

/** The service of the suite, for Connect. */
export const METHODS: ServiceImpl<typeof ConformanceService> = {
  unary: (request, context) =>
    answerOnce(request.responseDefinition, context, requestInfo(UnaryRequestSchema, [request], infoOf(context))),
  idempotentUnary: (request, context) =>
    answerOnce(
      request.responseDefinition,
      context,
      requestInfo(IdempotentUnaryRequestSchema, [request], infoOf(context)),
    ),
  async clientStream(messages, context) {
    const requests: ClientStreamRequest[] = [];
    for await (const request of messages) requests.push(request);
    const info = requestInfo(ClientStreamRequestSchema, requests, infoOf(context));
    return await answerOnce(requests[0]?.responseDefinition, context, info);
  },
  async *serverStream(request, context) {
    const { responseDefinition: definition } = request;
    addFields(context.responseHeader, definition?.responseHeaders);
    addFields(context.responseTrailer, definition?.responseTrailers);
    const info = requestInfo(ServerStreamRequestSchema, [request], infoOf(context));
    const answers = definition?.responseData ?? [];
    for (const [index, data] of answers.entries()) {
      await pause(definition?.responseDelayMs);
      yield { payload: { data, ...(index === 0 && { requestInfo: info }) } };
    }
    if (definition?.error !== undefined) throw definedError(definition.error, answers.length === 0 ? info : undefined);
  },
  bidiStream: (requests, context) => answerStream(requests, context, infoOf(context)),
  unimplemented() {
    throw new ConnectError('nobody implements this', Code.Unimplemented);
  },
};

function infoOf({ requestHeader, requestMethod, timeoutMs, url }: HandlerContext): CallInfo {
  const query = requestMethod === 'GET' ? { query: new URL(url).searchParams } : {};
  return { header: requestHeader, timeoutMs: timeoutMs(), ...query };
}

async function pause(ms: number | undefined): Promise<void> {
  if (ms !== undefined && ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
