/**
 * A process that makes load for AutoGen's host: gRPC by grpc-js, frames by hand, none of AutoGen's own worker, which is slower than the host.
 * See bench/load-process.ts.
 */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { NUMBER_DIGITS, numberedContent, readNumber } from '../load/numbered-content.ts';
import { runPairs } from '../load/pairs.ts';
import {
  type AgentFrame,
  decodeFrame,
  encodeRegister,
  encodeRequest,
  encodeResponse,
  OPEN_CHANNEL,
  REGISTER_AGENT,
} from './agent-rpc.ts';

/** The host says nothing when a channel is open, and drops what comes for an agent before that. */
const PROBE_EVERY_MS = 50;
const PROBE = 'probe';

const asIs = (bytes: Buffer): Buffer => bytes;

await runPairs(async ({ port, run, pair, scenario, ledger }) => {
  const { number, filler } = numberedContent(scenario.bytes);
  const [from, to] = [`from_${run}_${pair}`, `to_${run}_${pair}`];
  const probed = Promise.withResolvers<void>();

  const receiver = await openWorker({ port, agentType: to }, ({ requestId, content }) => {
    if (!requestId.startsWith(PROBE)) {
      if (content.length !== scenario.bytes) throw new Error(`a message of ${content.length} bytes came`);
      ledger.delivered(readNumber(content, 0), performance.now());
    }
    receiver.write(encodeResponse(requestId));
  });
  // The response is all that the host knows of acceptance and acknowledgement.
  const sender = await openWorker({ port, agentType: from }, ({ requestId }) => {
    if (requestId.startsWith(PROBE)) return probed.resolve();
    const now = performance.now();
    const message = readNumber(Buffer.from(requestId), 0, NUMBER_DIGITS);
    ledger.accepted(message, now);
    ledger.acknowledged(message, now);
  });

  let probes = 0;
  const probe = setInterval(
    () => sender.write(encodeRequest({ requestId: `${PROBE}-${probes++}`, from, to, content: Buffer.from('{}') })),
    PROBE_EVERY_MS,
  );
  await probed.promise;
  clearInterval(probe);

  return {
    send(first, count) {
      for (let message = first; message < first + count; message++) {
        const digits = number(message);
        sender.write(encodeRequest({ requestId: digits, from, to, content: Buffer.from(digits + filler) }));
      }
    },
    close() {
      sender.close();
      receiver.close();
    },
  };
});

/** Registers an agent and opens its channel, on a connection of its own. */
async function openWorker(
  { port, agentType }: { port: number; agentType: string },
  heard: (frame: AgentFrame) => void,
): Promise<{ write(frame: Buffer): void; close(): void }> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const metadata = new Metadata();
  metadata.set('client-id', agentType);
  const channel = client.makeBidiStreamRequest(OPEN_CHANNEL, asIs, asIs, metadata);
  let isClosed = false;
  channel.on('data', (bytes: Buffer) => heard(decodeFrame(bytes)));
  channel.on('error', (error) => {
    if (!isClosed) throw error;
  });
  await new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(REGISTER_AGENT, asIs, asIs, encodeRegister(agentType), metadata, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    write: (frame) => void channel.write(frame),
    close() {
      isClosed = true;
      channel.cancel();
      client.close();
    },
  };
}
