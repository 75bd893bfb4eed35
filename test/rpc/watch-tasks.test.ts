/**
 * Goal: whoever follows a session sees every turn of its tasks, or exactly those asked for, however slowly it reads.
 * Method: a real server on a real bus; the slow reader is a stream that is not read from while thousands of events happen.
 */
import { type ClientHttp2Stream, connect } from 'node:http2';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { expect, it, onTestFinished } from 'vitest';
import { type SessionEvent, SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import {
  SessionService,
  WatchSessionRequestSchema,
  type WatchSessionResponse,
  WatchSessionResponseSchema,
} from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { BACKEND } from '../open-bus.ts';
import { headers, sessionId, startServices, TRANSPORTS } from './start-services.ts';
import { taskRequest, taskResponse } from './task-messages.ts';

const { TASK_DELEGATED, TASK_DELIVERED, TASK_ACCEPTED, TASK_COMPLETED, TASK_CANCELLED } = SessionEventType;
type Services = Awaited<ReturnType<typeof startServices>>;

/** The whole life of some tasks: four events each. */
async function runTasks({ messages }: Services, taskIds: readonly string[]): Promise<void> {
  const payload = { report: 'x'.repeat(500) };
  await Promise.all(taskIds.map((id) => messages.sendMessage({ message: taskRequest(id) }, { headers })));
  const request = { agentId: BACKEND, maxMessages: taskIds.length };
  const { deliveries } = await messages.receiveMessages(request, { headers });
  const deliveryIds = deliveries.map(({ deliveryId }) => deliveryId);
  await messages.acknowledgeMessages({ agentId: BACKEND, deliveryIds }, { headers });
  await Promise.all(taskIds.map((id) => messages.sendMessage({ message: taskResponse(id, payload) }, { headers })));
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

it('shows the types that were asked for, and nothing else, in the past and from then on', async () => {
  const services = await startServices();
  await runTasks(services, ['past']);
  const types = [TASK_DELEGATED, TASK_ACCEPTED, TASK_CANCELLED];
  const seen: [string | undefined, bigint][] = [];
  for await (const { event } of services.sessions.watchSession({ sessionId, types }, { headers })) {
    if (event === undefined) continue;
    seen.push([event.body.case, event.sequence]);
    if (seen.length === 2) await runTasks(services, ['now']);
    if (seen.length === 4) {
      await services.messages.sendMessage({ message: taskRequest('never') }, { headers });
      // What is open when its session ends is called off by it.
      await services.complete();
    }
  }
  expect(seen).toEqual([
    ['taskDelegated', 2n],
    ['taskAccepted', 4n],
    ['taskDelegated', 6n],
    ['taskAccepted', 8n],
    ['taskDelegated', 10n],
    ['taskCancelled', 11n],
  ]);
});

it.each(['gRPC', 'JSON'] as const)('lists the types that were asked for, page by page, over %s', async (protocol) => {
  const services = await startServices({ protocol });
  await runTasks(services, names('t', 40));
  const types = [TASK_DELIVERED, TASK_COMPLETED];
  const seen: SessionEvent[] = [];
  let pageToken = '';
  do {
    const query = { sessionId, types, pageSize: 30, pageToken };
    const page = await services.sessions.listSessionEvents(query, { headers });
    seen.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  const count = (name: string) => seen.filter(({ body }) => body.case === name).length;
  expect([count('taskDelivered'), count('taskCompleted'), seen.length]).toEqual([40, 40, 80]);
  const sequences = seen.map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
});

it('loses nothing for a reader that reads only when all is over', async () => {
  const services = await startServices();
  const { url, sessions, complete } = services;
  const slow = connect(url);
  onTestFinished(() => slow.destroy());
  const stream = slow.request({
    ':method': 'POST',
    ':path': '/agentbus.v1.SessionService/WatchSession',
    'content-type': 'application/grpc+proto',
    ...headers,
  });
  stream.end(
    grpcMessage(
      toBinary(WatchSessionRequestSchema, {
        $typeName: 'agentbus.v1.WatchSessionRequest',
        sessionId,
        afterSequence: 0n,
        types: [],
      }),
    ),
  );
  await new Promise((resolve) => stream.once('response', resolve));

  // The client that reads follows at once; the other is given what fits its window of 64 KiB, and no more.
  const followed = collect(createClient(SessionService, TRANSPORTS.gRPC(url)).watchSession({ sessionId }, { headers }));
  for (let round = 0; round < 5; round++) await runTasks(services, names(`round-${round}-`, 200));
  const last = (await complete()).session?.lastSequence ?? 0n;
  expect(last).toBe(4_002n);
  const everything = Array.from({ length: Number(last) }, (_, index) => index + 1);
  expect(await followed).toEqual(everything);
  const bytesBefore = slow.socket?.bytesRead ?? Infinity;
  expect(bytesBefore).toBeLessThan(200_000);

  const seen = await readAll(stream);
  expect(slow.socket?.bytesRead).toBeGreaterThan(bytesBefore * 4);
  expect(seen.map(({ sequence }) => Number(sequence))).toEqual(everything);
  expect((await sessions.getSession({ sessionId }, { headers })).session?.lastSequence).toBe(last);
});

async function collect(responses: AsyncIterable<WatchSessionResponse>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const { event } of responses) if (event !== undefined) sequences.push(Number(event.sequence));
  return sequences;
}

/** A message in the frame of gRPC: not compressed, its length, the bytes. */
function grpcMessage(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The events of a gRPC stream, read to its good end. */
async function readAll(stream: ClientHttp2Stream): Promise<SessionEvent[]> {
  const chunks: Buffer[] = [];
  const trailers = new Promise<Record<string, unknown>>((resolve) => stream.once('trailers', resolve));
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect((await trailers)['grpc-status']).toBe('0');
  const all = Buffer.concat(chunks);
  const events: SessionEvent[] = [];
  for (let at = 0; at < all.length; ) {
    const end = at + 5 + all.readUInt32BE(at + 1);
    const { event } = fromBinary(WatchSessionResponseSchema, all.subarray(at + 5, end));
    if (event !== undefined) events.push(event);
    at = end;
  }
  return events;
}
