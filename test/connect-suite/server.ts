/**
 * The server that the conformance suite tests: the bus's own port, dispatcher, interceptors and lane, with the service of the suite
 * behind them. The suite says on standard input what it wants, and is told on standard output where that is. With `--lane` the
 * two shapes of calls that the lane carries are on it.
 */
import { create, createRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { pino } from 'pino';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { SERVER_LIMITS } from '../../src/limits.ts';
import { createRpc } from '../../src/rpc/create-rpc.ts';
import { createDrainSignal } from '../../src/rpc/drain-signal.ts';
import { KEY_HEADER } from '../../src/rpc/identity.ts';
import { JSON_OPTIONS } from '../../src/rpc/json-options.ts';
import type { Routes } from '../../src/rpc/routes.ts';
import { createCors } from '../../src/server/cors.ts';
import { createDispatch } from '../../src/server/dispatch.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createOnePort } from '../../src/server/one-port.ts';
import {
  type ServerCompatRequest,
  ServerCompatRequestSchema,
  ServerCompatResponseSchema,
} from './gen/connectrpc/conformance/v1/server_compat_pb.js';
import { file_connectrpc_conformance_v1_service } from './gen/connectrpc/conformance/v1/service_pb.js';
import { addToLane, type HeadersOf } from './lane-methods.ts';
import { ConformanceService, METHODS } from './methods.ts';
import { TAKEN_BY_LANE } from './taken-by-lane.ts';

const HOST = '127.0.0.1';
/** The client of the suite has no key: it is given this one, and what it sends stays as it is otherwise. */
const KEY = 'agentbus_conformance';

const headersOf: HeadersOf = new WeakMap();
const onLane = process.argv.includes('--lane');

/** The service of the suite, with the bound on requests that the suite wants: the contract's is larger than what it sends. */
function routesFor(maxRequestBytes: number): Routes {
  return (router, _context, lane) => {
    // Answers have the requests in them, as `Any`.
    const registry = createRegistry(file_connectrpc_conformance_v1_service);
    const options = { jsonOptions: { ...JSON_OPTIONS, registry }, readMaxBytes: maxRequestBytes };
    router.service(ConformanceService, METHODS, options);
    if (onLane) addToLane(lane, { headersOf, maxRequestBytes });
  };
}

async function serve(request: ServerCompatRequest): Promise<{ port: number; pemCert: Uint8Array }> {
  const { useTls, serverCreds, messageReceiveLimit } = request;
  const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const [clock, random, drain, metrics] = [
    createSystemClock(),
    createSystemRandom(),
    createDrainSignal(),
    createMetrics(),
  ];
  const serverVersion = 'conformance';
  const context = { log, clock, random, drain, serverVersion, heartbeatIntervalMs: 15_000 };
  const keys = { find: (key: string) => (key === KEY ? { name: 'suite', agents: ['*'] } : undefined) };
  const rpc = createRpc(routesFor(messageReceiveLimit), { keys, context });
  const dispatch = createDispatch({ calls: rpc.handle, cors: createCors([]), metrics, drain, log, serverVersion });
  const port = createOnePort({
    limits: SERVER_LIMITS,
    maxConnections: 1_000,
    clock,
    ...(useTls && serverCreds && { tls: { cert: Buffer.from(serverCreds.cert), key: Buffer.from(serverCreds.key) } }),
    onRequest(request, response) {
      request.headers[KEY_HEADER] = KEY;
      dispatch(request, response);
    },
    onStream(stream, headers) {
      headersOf.set(stream, headers);
      const taken = rpc.lane.take(stream, { ...headers, [KEY_HEADER]: KEY });
      if (taken) process.stderr.write(`${TAKEN_BY_LANE}\n`);
      return taken;
    },
    onAcceptError: (error) => log.error({ err: error }, 'a connection could not be accepted'),
    onRefused: () => log.error('a connection was refused'),
  });
  const { port: number } = await port.listen({ host: HOST, port: 0 });
  return { port: number, pemCert: (useTls && serverCreds?.cert) || new Uint8Array(0) };
}

/** Messages of the suite have their length before them, in four bytes. */
const LENGTH_BYTES = 4;

async function readRequest(): Promise<ServerCompatRequest> {
  let read = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    read = Buffer.concat([read, chunk as Buffer]);
    if (read.length < LENGTH_BYTES) continue;
    const end = LENGTH_BYTES + read.readUInt32BE();
    if (read.length >= end) return fromBinary(ServerCompatRequestSchema, read.subarray(LENGTH_BYTES, end));
  }
  throw new Error('the suite has asked for nothing');
}

const answer = create(ServerCompatResponseSchema, { host: HOST, ...(await serve(await readRequest())) });
const bytes = toBinary(ServerCompatResponseSchema, answer);
const length = Buffer.alloc(LENGTH_BYTES);
length.writeUInt32BE(bytes.length);
process.stdout.write(Buffer.concat([length, bytes]));
