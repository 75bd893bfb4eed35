/**
 * Goal: an agent in another gRPC stack, which has our .proto files and nothing else of ours, lives on the bus.
 * Method: @grpc/grpc-js with the files read at run time, against a real server; the one import
 * from elsewhere, buf/validate/validate.proto, comes the way `npm run generate` makes it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type ClientDuplexStream,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRoutes } from '../../src/rpc/routes.ts';
import { openBus } from '../open-bus.ts';
import { startServer } from '../server/start-server.ts';
import { LANES } from './start-services.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = 'python://worker';
const PEER = 'go://peer';

/** Frames as the files' reader makes them: plain objects in the spelling of the contract. */
type Frame = Record<string, unknown>;
type Call = ClientDuplexStream<object, Frame>;

let folder: string;
let AgentService: ServiceClientConstructor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentbus-protos-'));
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/print-proto-deps.ts')], { cwd: folder });
  const includeDirs = [join(ROOT, 'proto'), join(folder, 'proto-deps')];
  const options = { includeDirs, keepCase: true, longs: String, enums: String, oneofs: true };
  const definition = loadPackageDefinition(await load('agentbus/v1/agent_service.proto', options));
  AgentService = ((definition.agentbus as GrpcObject).v1 as GrpcObject).AgentService as ServiceClientConstructor;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(lean: boolean): Promise<(agentId: string, instanceId?: string) => Call> {
  const { bus, clock } = await openBus();
  onTestFinished(() => bus.close());
  const keys = { find: (key: string) => (key === 'secret' ? { name: 'tests', agents: ['*'] } : undefined) };
  const { port } = await startServer({ routes: createRoutes(bus), keys, clock, lean });
  const client = new AgentService(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer secret');
  return (agentId, instanceId = 'i-1') => {
    const call = client.AgentStream!(metadata) as Call;
    // Calls that a test leaves open break when its server ends; those who read them get the error from there.
    call.on('error', () => undefined);
    call.write({ hello: { agent: { agent_id: agentId }, instance_id: instanceId } });
    return call;
  };
}

/** Reads the frames of a call one by one; the kind of a frame is in `frame`. */
function framesOf(call: Call): () => Promise<Frame> {
  const frames = call[Symbol.asyncIterator]();
  return async () => (await frames.next()).value;
}

function task(messageId: string) {
  return {
    message_id: messageId,
    sender: { agent_id: PEER },
    recipient: { agent_id: WORKER },
    message_type: 'MESSAGE_TYPE_TASK_REQUEST',
    payload: { fields: { file: { stringValue: 'src/main.ts' } } },
  };
}

describe.each(LANES)('an agent carried $lane', ({ lean }) => {
  it('joins, gets a task, and answers it', async () => {
    const connect = await start(lean);
    const worker = connect(WORKER);
    const toWorker = framesOf(worker);
    expect(await toWorker()).toMatchObject({ frame: 'welcome', welcome: { limits: { max_in_flight: 64 } } });
    const peer = connect(PEER);
    const toPeer = framesOf(peer);
    await toPeer();

    peer.write({ send: { messages: [task('review')] } });
    expect(await toPeer()).toMatchObject({ send_result: { results: [{ message_id: 'review', outcome: 'accepted' }] } });
    const frame = await toWorker();
    expect(frame).toMatchObject({ delivery: { deliveries: [{ attempt: 1, message: task('review') }] } });

    const { deliveries } = frame.delivery as { deliveries: { delivery_id: string }[] };
    const answer = {
      message_id: 'answer',
      sender: { agent_id: WORKER },
      recipient: { agent_id: PEER },
      message_type: 'MESSAGE_TYPE_TASK_RESPONSE',
      correlation_id: 'review',
    };
    worker.write({ send: { messages: [answer] } });
    worker.write({ ack: { delivery_ids: deliveries.map(({ delivery_id }) => delivery_id) } });
    expect(await toPeer()).toMatchObject({ delivery: { deliveries: [{ message: { correlation_id: 'review' } }] } });

    worker.end();
    for (let last = await toWorker(); last !== undefined; last = await toWorker()) {
      expect(last).toMatchObject({ frame: 'send_result' });
    }
    peer.cancel();
    await expect(toPeer()).rejects.toMatchObject({ code: status.CANCELLED });
  });

  it('is told by a status why its stream ends', async () => {
    const connect = await start(lean);
    const older = connect(WORKER);
    const toOlder = framesOf(older);
    await toOlder();
    const newer = framesOf(connect(WORKER));
    const error = await toOlder().catch((reason: ServiceError) => reason);
    expect(error).toMatchObject({ code: status.ABORTED, details: expect.stringContaining('took the place') });
    expect(await newer()).toMatchObject({ frame: 'welcome' });
  });
});
