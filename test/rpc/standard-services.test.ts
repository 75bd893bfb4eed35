import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { Health, HealthCheckResponse_ServingStatus as Status } from '../../gen/ts/grpc/health/v1/health_pb.js';
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../gen/ts/grpc/reflection/v1/reflection_pb.js';
import { ServerReflection as ServerReflectionV1Alpha } from '../../gen/ts/grpc/reflection/v1alpha/reflection_pb.js';
import { startServer } from '../server/start-server.ts';

// Goal: tools that know nothing of the bus find out what it serves and whether it does, without a key.
// Method: their protocols, spoken to a real server.

const SERVED = [
  'agentbus.v1.SessionService',
  'agentbus.v1.MessageService',
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

describe('reflection', () => {
  it('lists what is served', async () => {
    const [answer] = await ask({ case: 'listServices', value: '' });
    expect(answer).toMatchObject({
      case: 'listServicesResponse',
      value: { service: SERVED.map((name) => ({ name })) },
    });
  });

  it.each([
    ['a service', 'agentbus.v1.SessionService', 'agentbus/v1/session_service.proto'],
    ['a method', 'agentbus.v1.SessionService.GetSession', 'agentbus/v1/session_service.proto'],
    ['a message', 'agentbus.v1.Envelope', 'agentbus/v1/envelope.proto'],
    ['a nested message', 'google.rpc.BadRequest.FieldViolation', 'google/rpc/error_details.proto'],
    ['a field', 'agentbus.v1.Envelope.sender', 'agentbus/v1/envelope.proto'],
    ['an enum of errors', 'agentbus.v1.ErrorReason', 'agentbus/v1/error_reason.proto'],
  ])('finds the file of %s, with everything it imports', async (_, symbol, file) => {
    const [answer] = await ask({ case: 'fileContainingSymbol', value: symbol });
    const files = filesOf(answer);
    expect(files[0]?.name).toBe(file);
    const names = new Set(files.map((each) => each.name));
    expect(files.flatMap((each) => each.dependency).filter((name) => !names.has(name))).toEqual([]);
  });

  it('finds files by name, and the rules by their extension', async () => {
    const [byName, byExtension, numbers] = await ask(
      { case: 'fileByFilename', value: 'agentbus/v1/envelope.proto' },
      {
        case: 'fileContainingExtension',
        value: {
          $typeName: 'grpc.reflection.v1.ExtensionRequest',
          containingType: 'google.protobuf.FieldOptions',
          extensionNumber: 1159,
        },
      },
      { case: 'allExtensionNumbersOfType', value: 'google.protobuf.FieldOptions' },
    );
    expect(filesOf(byName)[0]?.name).toBe('agentbus/v1/envelope.proto');
    expect(filesOf(byExtension)[0]?.name).toBe('buf/validate/validate.proto');
    expect(numbers).toMatchObject({ value: { extensionNumber: expect.arrayContaining([1159]) } });
  });

  it('answers what it does not find and goes on', async () => {
    const answers = await ask(
      { case: 'fileByFilename', value: 'nothing.proto' },
      { case: 'fileContainingSymbol', value: 'no.Such' },
      { case: 'allExtensionNumbersOfType', value: 'no.Such' },
      { case: undefined },
      { case: 'listServices', value: '' },
    );
    expect(answers.map((answer) => (answer.case === 'errorResponse' ? answer.value.errorCode : answer.case))).toEqual([
      Code.NotFound,
      Code.NotFound,
      Code.NotFound,
      Code.InvalidArgument,
      'listServicesResponse',
    ]);
  });

  it('speaks the older version too', async () => {
    const { url } = await startServer();
    const client = createClient(ServerReflectionV1Alpha, createGrpcTransport({ baseUrl: url }));
    const requests = stream([{ messageRequest: { case: 'listServices', value: '' } as const }]);
    for await (const { messageResponse } of client.serverReflectionInfo(requests)) {
      expect(messageResponse).toMatchObject({ value: { service: SERVED.map((name) => ({ name })) } });
    }
  });
});

describe('health', () => {
  it.each(['', ...SERVED])('says that %j serves', async (service) => {
    const { url } = await startServer();
    const client = createClient(Health, createGrpcTransport({ baseUrl: url }));
    expect(await client.check({ service })).toMatchObject({ status: Status.SERVING });
  });

  it('knows nothing of other services', async () => {
    const { url } = await startServer();
    const client = createClient(Health, createGrpcTransport({ baseUrl: url }));
    await expect(client.check({ service: 'other' })).rejects.toSatisfy(
      (error) => ConnectError.from(error).code === Code.NotFound,
    );
    for await (const { status } of client.watch({ service: 'other' })) {
      expect(status).toBe(Status.SERVICE_UNKNOWN);
      break;
    }
  });

  it('lists all', async () => {
    const { url } = await startServer();
    const { statuses } = await createClient(Health, createGrpcTransport({ baseUrl: url })).list({});
    expect(Object.keys(statuses).sort()).toEqual(['', ...SERVED].sort());
  });
});

it('answers the plain gRPC client about a method that there is not', async () => {
  const { port } = await startServer();
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const nothing = (value: Buffer) => value;
  const error = await new Promise<grpc.ServiceError | null>((resolve) => {
    client.makeUnaryRequest('/agentbus.v1.Nothing/AtAll', nothing, nothing, Buffer.alloc(0), resolve);
  });
  client.close();
  expect(error).toMatchObject({ code: grpc.status.UNIMPLEMENTED, details: 'there is nothing at this path' });
  expect(error?.metadata.get('grpc-status-details-bin')).toHaveLength(1);
});

async function ask(
  ...questions: ServerReflectionRequest['messageRequest'][]
): Promise<ServerReflectionResponse['messageResponse'][]> {
  const { url } = await startServer();
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: url }));
  const answers = [];
  const requests = questions.map((messageRequest) => ({ messageRequest }));
  for await (const { messageResponse } of client.serverReflectionInfo(stream(requests))) answers.push(messageResponse);
  return answers as ServerReflectionResponse['messageResponse'][];
}

function filesOf(answer: ServerReflectionResponse['messageResponse'] | undefined) {
  if (answer?.case !== 'fileDescriptorResponse') throw new Error(`no files: ${JSON.stringify(answer)}`);
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

async function* stream<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
