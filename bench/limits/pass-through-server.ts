/**
 * What HTTP/2 in Node allows: a relay that hands each gRPC message of one stream to the stream of its peer, and all that came in one turn
 * of the event loop in one write. It reads the five bytes before a message and nothing of the message itself; it knows no
 * agents, checks nothing and keeps nothing. Prints its address.
 */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createMessageSplitter } from '../bus/message-splitter.ts';

const WINDOW = 4 * 1024 * 1024;

/** Streams by name; each names the one that it speaks to. */
const streams = new Map<string, ServerHttp2Stream>();
const server = createServer({ settings: { initialWindowSize: WINDOW } });
server.on('session', (session) => session.setLocalWindowSize(4 * WINDOW));
server.on('stream', (stream, headers) => {
  const name = String(headers['x-agent-id']);
  const peerName = String(headers['x-peer-id']);
  let waiting: Buffer[] = [];

  function flush(): void {
    const messages = waiting;
    waiting = [];
    const peer = streams.get(peerName);
    if (peer !== undefined && !peer.destroyed)
      peer.write(messages.length === 1 ? messages[0] : Buffer.concat(messages));
  }

  const splitter = createMessageSplitter((bytes, start, end) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(bytes.subarray(start - 5, end));
  });
  streams.set(name, stream);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
  stream.on('data', splitter.take);
  // A load that leaves takes its connection with it.
  stream.on('error', () => undefined);
  stream.on('close', () => {
    if (streams.get(name) === stream) streams.delete(name);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
