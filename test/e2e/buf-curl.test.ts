import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const run = promisify(execFile);
const BUF = join(import.meta.dirname, '../../node_modules/.bin/buf');

// Goal: a generic client needs no files of ours. Method: `buf curl`, which learns everything by reflection, against a real bus.
let bus: BusProcess;
beforeAll(async () => {
  bus = await startBusProcess({ dataDir: ':memory:' });
});
afterAll(() => bus.stop());

async function bufCurl(...args: string[]): Promise<string> {
  const { stdout } = await run(BUF, ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', ...args]);
  return stdout;
}

test('lists the services', async () => {
  const services = (await bufCurl('--list-services', bus.address)).trim().split('\n');
  expect(services).toEqual([
    'agentbus.v1.AgentService',
    'agentbus.v1.MessageService',
    'agentbus.v1.SessionService',
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
  ]);
});

test('lives a stream it knows by reflection alone: hello, welcome, and the end of its side', async () => {
  const hello = { hello: { agent: { agent_id: 'test://buf' }, instance_id: 'i-1' } };
  const frames = await bufCurl(
    ...['-H', `x-agent-api-key: ${bus.apiKey}`, '-d', JSON.stringify(hello)],
    `${bus.address}/agentbus.v1.AgentService/AgentStream`,
  );
  expect(JSON.parse(frames)).toMatchObject({ welcome: { protocolVersion: 1, heartbeatInterval: '15s' } });
});

test('is told the reason of an error', async () => {
  const refused = bufCurl('-d', '{}', `${bus.address}/agentbus.v1.AgentService/ListAgents`);
  const { stderr } = await refused.then(
    () => expect.unreachable('a call without a key succeeded'),
    (error: { stderr: string }) => error,
  );
  const { code, details } = JSON.parse(stderr);
  expect(code).toBe('unauthenticated');
  const info = fromBinary(ErrorInfoSchema, Buffer.from(details[0].value, 'base64'));
  expect(info).toMatchObject({ reason: 'KEY_MISSING', domain: 'agentbus' });
});
