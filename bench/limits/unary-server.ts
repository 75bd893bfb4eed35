/**
 * What HTTP/2 in Node allows for calls one by one: a server that reads each gRPC request to its end, without a look, and answers it with the
 * same bytes, an answer of the bus's size, and the status OK in trailers. Prints its address.
 */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { grpcMessage } from '../bus/protobuf.ts';

/** About what the bus answers to SendMessage. */
const ANSWER_BYTES = 64;

const answer = grpcMessage(Buffer.alloc(ANSWER_BYTES));
const header = { ':status': 200, 'content-type': 'application/grpc+proto' };
const trailer = { 'grpc-status': '0' };

const server = createServer();
server.on('stream', (stream) => {
  stream.resume();
  // A load that leaves takes its connection with it.
  stream.on('error', () => undefined);
  stream.on('end', () => {
    stream.respond(header, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailer));
    stream.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
