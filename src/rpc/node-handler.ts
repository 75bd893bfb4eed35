import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { type ConnectRouter, createContextValues } from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import type { Logger } from 'pino';
import { BusError } from '../bus/bus-error.ts';
import { crashPoint } from '../lib/crash-point.ts';
import { answerBody } from './bodies/answer-body.ts';
import { dropRest } from './bodies/drop-rest.ts';
import type { HeldBytes, Holding } from './bodies/held-bytes.ts';
import { requestBody } from './bodies/request-body.ts';
import { peerKey } from './call-record.ts';
import { dropEndlessTimeout } from './endless-timeout.ts';
import { toConnectError } from './errors.ts';
import { hangUpKey, hangUpOn } from './hang-up.ts';
import { type HttpError, toGrpcError, toHttpError } from './http-error.ts';
import { asSendMessage, SEND_PATH, SHORT_SEND_PATH } from './short-send.ts';

const afterResponse = crashPoint('call.after-response');

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Serves one path. Returns false, having done nothing, if there is no call at it. */
export type NodeHandler = (path: string, request: NodeRequest, response: NodeResponse) => boolean;

export interface NodeHandlerOptions {
  readonly log: Logger;
  /** Counts what clients leave unfinished. */
  readonly held: HeldBytes;
}

/**
 * Serves a router's calls, and the short spelling of SendMessage.
 *
 * Connect's own adapter would do but for three things: it lets a malformed Host header throw out of the event
 * handler, it answers a wrong method or content type without a body, and it logs to the console.
 */
export function createNodeHandler(router: ConnectRouter, { log, held }: NodeHandlerOptions): NodeHandler {
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const send = handlers.get(SEND_PATH);
  if (send !== undefined)
    handlers.set(
      SHORT_SEND_PATH,
      Object.assign((request: UniversalServerRequest) => send(asSendMessage(request)), send),
    );
  return (path, request, response) => {
    const handler = handlers.get(path);
    if (handler === undefined) return false;
    serve(handler, { request, response, held }).catch((error: unknown) => {
      // Whatever the call itself threw was answered; this is the connection that broke under the answer.
      log.debug({ err: error, path }, 'a response could not be written');
      response.destroy();
    });
    return true;
  };
}

interface Exchange {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly held: HeldBytes;
}

async function serve(handler: UniversalHandler, exchange: Exchange): Promise<void> {
  const { request, response, held } = exchange;
  // Whoever reads the body learns of a client that breaks off; when nobody reads any more, the error would end the process.
  request.on('error', () => undefined);
  const hangUp = hangUpOn(response);
  const universal = readHead(handler, exchange, hangUp);
  if (universal === undefined) return;
  dropRest(exchange);
  const answer = await handler(universal);
  // Connect's writer waits for an event that responses do not have, and never returns.
  if (handler.method.methodKind === 'unary') response.once('finish', afterResponse);
  const refusal = refusalOf(handler, answer, request);
  if (refusal !== undefined) writeError(response, refusal);
  else await writeAnswer(answer, response, held.open(hangUp));
}

async function writeAnswer(answer: UniversalServerResponse, response: NodeResponse, holding: Holding): Promise<void> {
  // A connection that breaks leaves its writer waiting.
  response.once('close', holding.rest);
  const body = answer.body && answerBody(answer.body, holding);
  await universalResponseToNodeResponse({ ...answer, ...(body && { body }) }, response);
}

/** The request as Connect sees it; answered and undefined if its host is missing or no host. */
function readHead(
  { method }: UniversalHandler,
  { request, response, held }: Exchange,
  hangUp: () => void,
): UniversalServerRequest | undefined {
  const peer = request.socket.remoteAddress ?? '';
  const values = createContextValues().set(peerKey, peer).set(hangUpKey, hangUp);
  try {
    const universal = universalRequestFromNodeRequest(request, response, undefined, values);
    dropEndlessTimeout(universal.header);
    const isEnveloped = /^application\/(grpc|connect\+)/.test(universal.header.get('content-type') ?? '');
    const isOneRequest = method.methodKind === 'unary' || method.methodKind === 'server_streaming';
    // Connect's own reader destroys a request that it does not read to its end: the call would be canceled before it is refused.
    const source: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
    };
    return { ...universal, body: requestBody(source, { held, isEnveloped, isOneRequest }) };
  } catch {
    writeError(response, malformed('the request names no valid host', 400));
    return undefined;
  }
}

/** What Connect leaves without a body, because no protocol could be chosen to write one. */
function refusalOf(
  { service, method, allowedMethods }: UniversalHandler,
  answer: UniversalServerResponse,
  request: NodeRequest,
): HttpError | undefined {
  const procedure = `${service.typeName}/${method.name}`;
  if (answer.body !== undefined) return undefined;
  switch (answer.status) {
    case 405: {
      const allow = allowedMethods.join(', ');
      return withHeader(refused(request, { status: 405, message: `${procedure} takes the method POST` }), { allow });
    }
    case 415:
      return refused(request, { status: 415, message: `${procedure} takes ${contentTypesOf(method.methodKind)}` });
    case 505:
      // Clients that expect to write on while they read would wait forever on a connection that stays open.
      return withHeader(inProtocolOf(request, needsHttp2(procedure), 505), { connection: 'close' });
    default:
      return undefined;
  }
}

function withHeader(error: HttpError, header: Record<string, string>): HttpError {
  return { ...error, headers: { ...error.headers, ...header } };
}

/** What is said of a request in no form that its path takes. */
function refused(request: NodeRequest, { status, message }: { status: number; message: string }): HttpError {
  const contentType = grpcTypeOf(request);
  if (contentType === undefined) return malformed(message, status);
  // gRPC has no word for it but this one.
  const feature = `${request.method} of ${contentType}`;
  return toGrpcError(toConnectError(new BusError('NOT_IMPLEMENTED', message, { feature })), contentType);
}

function malformed(message: string, status: number): HttpError {
  return toHttpError(toConnectError(new BusError('MALFORMED_REQUEST', message)), status);
}

/** An error for clients that read the status of HTTP, or for those of gRPC and gRPC-Web, that read one from the header. */
function inProtocolOf(request: NodeRequest, error: BusError, status: number): HttpError {
  const contentType = grpcTypeOf(request);
  const told = toConnectError(error);
  return contentType === undefined ? toHttpError(told, status) : toGrpcError(told, contentType);
}

/** The content type of a request in gRPC or gRPC-Web, with a codec that the bus may not know; undefined for others. */
function grpcTypeOf({ headers }: NodeRequest): string | undefined {
  const contentType = String(headers['content-type'] ?? '');
  return /^application\/grpc(-web(-text)?)?($|[+;])/.test(contentType) ? contentType : undefined;
}

function needsHttp2(procedure: string): BusError {
  const message = `${procedure} needs HTTP/2; over HTTP/1.1 AgentService/Subscribe and the calls of MessageService do the same`;
  return new BusError('NOT_IMPLEMENTED', message, { feature: 'bidirectional streams over HTTP/1.1' });
}

function contentTypesOf(kind: string): string {
  return kind === 'unary'
    ? 'application/json, application/proto, application/grpc or application/grpc-web'
    : 'application/connect+json, application/connect+proto, application/grpc or application/grpc-web';
}

/** Answers a call to a path that there is not, in the protocol it was made in. */
export function answerUnknownPath(path: string, request: NodeRequest, response: NodeResponse): void {
  const error = new BusError('NOT_IMPLEMENTED', 'there is nothing at this path', { feature: path });
  writeError(response, inProtocolOf(request, error, 404));
}

/** Writes an error as a whole response. */
function writeError(response: NodeResponse, { status, headers, body }: HttpError): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Without a body the header ends the response, and only from such a header gRPC reads a status.
  if (body === '') {
    response.end();
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}
