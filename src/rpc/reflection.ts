import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, type ServiceImpl } from '@connectrpc/connect';
import type {
  ServerReflection,
  ServerReflectionRequest,
  ServerReflectionResponseSchema,
} from '../../gen/ts/grpc/reflection/v1/reflection_pb.js';
import type {
  ServerReflectionRequest as RequestV1Alpha,
  ServerReflectionResponseSchema as ResponseSchemaV1Alpha,
  ServerReflection as ServerReflectionV1Alpha,
} from '../../gen/ts/grpc/reflection/v1alpha/reflection_pb.js';
import { encodeFile, type ReflectionIndex } from './reflection-index.ts';

/** The two versions of the protocol differ in their package only, so one plain answer fits both. */
type Answer =
  | { case: 'fileDescriptorResponse'; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: 'allExtensionNumbersResponse'; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: 'listServicesResponse'; value: { service: { name: string }[] } }
  | { case: 'errorResponse'; value: { errorCode: number; errorMessage: string } };
type Question = ServerReflectionRequest['messageRequest'] | RequestV1Alpha['messageRequest'];

/** `grpc.reflection.v1`: tells clients without proto files what the bus serves. */
export function createReflection(index: ReflectionIndex): ServiceImpl<typeof ServerReflection> {
  return {
    async *serverReflectionInfo(requests): AsyncGenerator<MessageInitShape<typeof ServerReflectionResponseSchema>> {
      for await (const request of requests) {
        yield {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(index, request.messageRequest),
        };
      }
    },
  };
}

/** The same under the name that older clients ask for. */
export function createReflectionV1Alpha(index: ReflectionIndex): ServiceImpl<typeof ServerReflectionV1Alpha> {
  return {
    async *serverReflectionInfo(requests): AsyncGenerator<MessageInitShape<typeof ResponseSchemaV1Alpha>> {
      for await (const request of requests) {
        yield {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(index, request.messageRequest),
        };
      }
    },
  };
}

// The protocol has its own errors inside answers: a wrong question does not end the conversation.
function answer(index: ReflectionIndex, question: Question): Answer {
  switch (question.case) {
    case 'fileByFilename':
      return fileAnswer(index.byFilename.get(question.value), question.value);
    case 'fileContainingSymbol':
      return fileAnswer(index.bySymbol.get(question.value), question.value);
    case 'fileContainingExtension':
      return extensionAnswer(index, question.value);
    case 'allExtensionNumbersOfType':
      return numbersAnswer(index, question.value);
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: index.services.map((name) => ({ name })) } };
    case undefined:
      return refusal(Code.InvalidArgument, 'the request asks for nothing');
  }
}

function fileAnswer(file: Parameters<typeof encodeFile>[0] | undefined, name: string): Answer {
  if (file === undefined) return refusal(Code.NotFound, `not found: ${name}`);
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto: encodeFile(file) } };
}

function extensionAnswer(index: ReflectionIndex, wanted: { containingType: string; extensionNumber: number }): Answer {
  const extensions = index.extensionsOf.get(wanted.containingType);
  const found = extensions?.find((extension) => extension.number === wanted.extensionNumber);
  return fileAnswer(found?.file, `extension ${wanted.extensionNumber} of ${wanted.containingType}`);
}

function numbersAnswer(index: ReflectionIndex, typeName: string): Answer {
  if (!index.bySymbol.has(typeName)) return refusal(Code.NotFound, `not found: ${typeName}`);
  const extensionNumber = (index.extensionsOf.get(typeName) ?? []).map((extension) => extension.number);
  return { case: 'allExtensionNumbersResponse', value: { baseTypeName: typeName, extensionNumber } };
}

function refusal(errorCode: Code, errorMessage: string): Answer {
  return { case: 'errorResponse', value: { errorCode, errorMessage } };
}
