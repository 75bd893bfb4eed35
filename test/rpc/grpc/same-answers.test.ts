/**
 * Goal: a call of gRPC is answered the same whichever way it is carried, and whatever is wrong with it: status, text, details, bytes.
 * Method: raw requests, well and badly made, to two servers on equal buses, one of which carries all of gRPC by Connect.
 */
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  AcknowledgeMessagesRequestSchema,
  ReceiveMessagesRequestSchema,
  SendMessageRequestSchema,
} from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { RPC_LIMITS } from '../../../src/limits.ts';
import { grpcMessage, hello, streamFrame } from '../../hostile/rig/grpc-call.ts';
import { BACKEND, ORCHESTRATOR } from '../../open-bus.ts';
import { sessionId, startServices } from '../start-services.ts';

interface Request {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Names of headers that are left out. */
  readonly without?: readonly string[];
  /** What is sent, one frame of HTTP/2 after the other; the request ends behind it. */
  readonly body: readonly Uint8Array[];
}

interface Answer {
  readonly httpStatus: unknown;
  readonly contentType: unknown;
  readonly status: unknown;
  readonly message: unknown;
  readonly details: unknown;
  readonly body: string;
}

const SEND = '/agentbus.v1.MessageService/SendMessage';
const RECEIVE = '/agentbus.v1.MessageService/ReceiveMessages';
const ACKNOWLEDGE = '/agentbus.v1.MessageService/AcknowledgeMessages';
const STREAM = '/agentbus.v1.AgentService/AgentStream';

const HEADERS = {
  ':method': 'POST',
  'content-type': 'application/grpc',
  te: 'trailers',
  'x-agent-api-key': 'anybody',
};

function send(message: object = {}): Buffer {
  const whole = {
    messageId: 'm-1',
    sender: { agentId: ORCHESTRATOR, sessionId },
    recipient: { target: { case: 'agentId' as const, value: BACKEND } },
    messageType: MessageType.NOTIFICATION,
    ...message,
  };
  return grpcMessage(toBinary(SendMessageRequestSchema, create(SendMessageRequestSchema, { message: whole })));
}

const receive = (agentId: string) =>
  grpcMessage(toBinary(ReceiveMessagesRequestSchema, create(ReceiveMessagesRequestSchema, { agentId })));
const acknowledge = (...deliveryIds: string[]) =>
  grpcMessage(
    toBinary(
      AcknowledgeMessagesRequestSchema,
      create(AcknowledgeMessagesRequestSchema, { agentId: BACKEND, deliveryIds }),
    ),
  );

const deep = (levels: number): object => (levels === 0 ? {} : { deeper: deep(levels - 1) });

const WELL_MADE: Readonly<Record<string, Request>> = {
  'a message': { body: [send()] },
  'a message in pieces': { body: [...send()].map((byte) => Uint8Array.of(byte)) },
  'a content type that names the codec': { headers: { 'content-type': 'application/grpc+proto' }, body: [send()] },
  'a path with a query': { method: `${SEND}?a=b`, body: [send()] },
  'no te': { without: ['te'], body: [send()] },
  'a message with a deadline': { headers: { 'grpc-timeout': '10S' }, body: [send()] },
  'a deadline that no timer can hold': { headers: { 'grpc-timeout': '99999999H' }, body: [send()] },
  'an encoding that is none': { headers: { 'grpc-encoding': 'identity' }, body: [send()] },
  'a key as a bearer': { headers: { authorization: 'Bearer anybody' }, without: ['x-agent-api-key'], body: [send()] },
  'a compressed message': {
    headers: { 'grpc-encoding': 'gzip' },
    body: [grpcMessage(gzipSync(send().subarray(5)), { compressed: true })],
  },
  'an agent that the caller acts as': { headers: { 'x-agent-id': ORCHESTRATOR }, body: [send()] },
  'JSON in gRPC': {
    headers: { 'content-type': 'application/grpc+json' },
    method: ACKNOWLEDGE,
    body: [grpcMessage(Buffer.from(JSON.stringify({ agentId: BACKEND, deliveryIds: ['x'] })))],
  },
  'mail that is not there': { method: RECEIVE, body: [receive('nobody://yet')] },
  'deliveries that are not held': { method: ACKNOWLEDGE, body: [acknowledge('a', 'b')] },
};

const BADLY_MADE: Readonly<Record<string, Request>> = {
  'a method that is not there': { method: '/agentbus.v1.MessageService/Sned', body: [send()] },
  'a service that is not there': { method: '/agentbus.v1.MassageService/SendMessage', body: [send()] },
  'no content type': { without: ['content-type'], body: [send()] },
  'a content type of nobody': { headers: { 'content-type': 'application/grpc+xml' }, body: [send()] },
  'another method of HTTP': { headers: { ':method': 'PUT' }, body: [send()] },
  'no key': { without: ['x-agent-api-key'], body: [send()] },
  'an agent that is none': { headers: { 'x-agent-id': 'a b' }, body: [send()] },
  'a deadline that is none': { headers: { 'grpc-timeout': 'soon' }, body: [send()] },
  'a deadline that has passed': { headers: { 'grpc-timeout': '0m' }, body: [send()] },
  'an encoding that nobody knows': { headers: { 'grpc-encoding': 'zip' }, body: [send()] },
  'a compressed message that says no encoding': { body: [grpcMessage(send().subarray(5), { compressed: true })] },
  'no message': { body: [] },
  'two messages': { body: [send(), send()] },
  'three messages in one piece': { body: [Buffer.concat([send(), send(), send()])] },
  'half a prefix': { body: [send().subarray(0, 3)] },
  'half a message': { body: [send().subarray(0, 20)] },
  'a message and half of another': { body: [send(), send().subarray(0, 20)] },
  'a message that is too large': { body: [grpcMessage(new Uint8Array(0), { length: RPC_LIMITS.maxRequestBytes + 1 })] },
  'a message of four gibibytes': { body: [grpcMessage(new Uint8Array(9), { length: 2 ** 32 - 1 })] },
  'bytes that are no message': { body: [grpcMessage(Uint8Array.of(0xff, 0xff, 0xff))] },
  'an empty message': { body: [grpcMessage(new Uint8Array(0))] },
  'an id that is missing': { body: [send({ messageId: '' })] },
  'a sender that is no agent': { body: [send({ sender: { agentId: 'nobody' } })] },
  'a recipient that is not there': {
    body: [send({ recipient: { target: { case: 'agentId', value: 'nobody://there' } } })],
  },
  'a session that is not there': { body: [send({ sender: { agentId: ORCHESTRATOR, sessionId: 'sess_x' } })] },
  'a payload that nests too deep': { body: [send({ content: { case: 'payload', value: deep(31) } })] },
  'mail of nobody': { method: RECEIVE, body: [receive('nobody')] },
  'no delivery': { method: ACKNOWLEDGE, body: [acknowledge()] },
};

const STREAMS: Readonly<Record<string, Request>> = {
  'a stream that says nothing': { method: STREAM, body: [] },
  'a stream that begins with something else': {
    method: STREAM,
    body: [streamFrame({ case: 'heartbeat', value: {} as never })],
  },
  'a stream of an agent that is none': { method: STREAM, body: [hello('nobody')] },
  'a stream that ends in a prefix': { method: STREAM, body: [Uint8Array.of(0, 0)] },
  'a stream that ends in a message': { method: STREAM, body: [hello(BACKEND).subarray(0, 12)] },
  'a stream with a message that is too large': {
    method: STREAM,
    body: [grpcMessage(new Uint8Array(0), { length: RPC_LIMITS.maxRequestBytes + 1 })],
  },
  'a stream of bytes that are no frame': { method: STREAM, body: [grpcMessage(Uint8Array.of(0xff, 0xff))] },
  'a stream with a compressed frame and no encoding': {
    method: STREAM,
    body: [grpcMessage(hello(BACKEND).subarray(5), { compressed: true })],
  },
  'a stream without a key': { method: STREAM, without: ['x-agent-api-key'], body: [hello(BACKEND)] },
};

async function open(lean: boolean): Promise<ClientHttp2Session> {
  const { url } = await startServices({ lean });
  const session = connect(url);
  onTestFinished(() => session.destroy());
  return session;
}

async function ask(session: ClientHttp2Session, request: Request): Promise<Answer> {
  const { method = SEND, headers, without = [], body } = request;
  const all = { ...HEADERS, ':path': method, ...headers };
  const kept = Object.entries(all).filter(([name]) => !without.includes(name));
  const stream = session.request(Object.fromEntries(kept), { endStream: false });
  let told: Record<string, unknown> = {};
  const chunks: Buffer[] = [];
  const note = (more: object) => {
    told = { ...told, ...more };
  };
  // A server that has answered may ask for no more by a reset; what it said stands.
  stream.on('error', () => undefined);
  stream
    .on('response', note)
    .on('trailers', note)
    .on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  for (const piece of body) stream.write(piece);
  stream.end();
  await closed;
  return {
    httpStatus: told[':status'],
    contentType: told['content-type'],
    status: told['grpc-status'],
    message: told['grpc-message'],
    details: told['grpc-status-details-bin'],
    body: Buffer.concat(chunks).toString('hex'),
  };
}

/** The answers to all of them, one after the other, by name. */
async function askAll(lean: boolean, requests: Readonly<Record<string, Request>>): Promise<Record<string, Answer>> {
  const session = await open(lean);
  const answers: Record<string, Answer> = {};
  for (const [name, request] of Object.entries(requests)) answers[name] = await ask(session, request);
  return answers;
}

async function askBoth(requests: Readonly<Record<string, Request>>) {
  const [short, long] = await Promise.all([askAll(true, requests), askAll(false, requests)]);
  return { short, long };
}

function namesOf(answers: Readonly<Record<string, Answer>>, is: (answer: Answer) => boolean): string[] {
  return Object.keys(answers).filter((name) => is(answers[name] as Answer));
}

describe('both ways of gRPC answer', () => {
  it('what is well made', async () => {
    const { short, long } = await askBoth(WELL_MADE);
    expect(short).toEqual(long);
    expect(namesOf(short, ({ status }) => status !== '0')).toEqual([]);
  });

  it.each([
    { what: 'calls', requests: BADLY_MADE },
    { what: 'streams', requests: STREAMS },
  ])('$what that are badly made', async ({ requests }) => {
    const { short, long } = await askBoth(requests);
    expect(short).toEqual(long);
    expect(namesOf(short, ({ status }) => status === '0')).toEqual([]);
  });
});

it('answers a deadline that had passed before anything else of the request', async () => {
  const tooLate = await ask(await open(true), { headers: { 'grpc-timeout': '0m' }, body: [Buffer.of(1)] });
  expect(tooLate.status).toBe(String(Code.DeadlineExceeded));
});
