import { once } from 'node:events';
import { connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentStreamRequest, AgentStreamRequestSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const AGENT = 'test://plain';

// Goal: frames of agent streams are never compressed, whatever a client would accept. Method: bare HTTP/2 against a real bus.
let bus: BusProcess;
beforeAll(async () => {
  bus = await startBusProcess({ dataDir: ':memory:' });
});
afterAll(() => bus.stop());

/** A gRPC frame: a flag byte, four bytes of length, the message. */
function grpcFrame(frame: AgentStreamRequest['frame']): Buffer {
  const bytes = toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

test('a large delivery to a client that accepts gzip is sent as it is', async () => {
  const session = connect(bus.address);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/agentbus.v1.AgentService/AgentStream',
    'content-type': 'application/grpc',
    'grpc-accept-encoding': 'gzip',
    te: 'trailers',
    'x-agent-api-key': bus.apiKey,
  });
  const hello = create(AgentStreamRequestSchema, {
    frame: { case: 'hello', value: { agent: { agentId: AGENT }, instanceId: 'i' } },
  });
  stream.write(grpcFrame(hello.frame));
  // Headers come with the welcome, when the agent is known.
  await once(stream, 'response');
  const text = 'compress me '.repeat(10_000);
  const message = {
    message_id: 'm',
    sender: { agent_id: AGENT },
    recipient: { agent_id: AGENT },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
    payload: { text },
  };
  const send = { address: bus.address, apiKey: bus.apiKey, method: 'MessageService/SendMessage', body: { message } };
  expect((await callJson(send)).status).toBe(200);
  let received = Buffer.alloc(0);
  for await (const chunk of stream) {
    received = Buffer.concat([received, chunk as Buffer]);
    if (received.includes(text)) break;
  }
  session.destroy();
  expect(flagsOf(received)).toEqual([0, 0]);
});

/** The flag bytes of whole frames: 1 where a message is compressed. */
function flagsOf(bytes: Buffer): number[] {
  const flags: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt32BE(at + 1)) flags.push(bytes[at] ?? -1);
  return flags;
}
