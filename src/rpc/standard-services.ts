import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { file_agentbus_v1_error_reason } from '../../gen/ts/agentbus/v1/error_reason_pb.js';
import { file_google_rpc_error_details } from '../../gen/ts/google/rpc/error_details_pb.js';
import { Health } from '../../gen/ts/grpc/health/v1/health_pb.js';
import { ServerReflection } from '../../gen/ts/grpc/reflection/v1/reflection_pb.js';
import { ServerReflection as ServerReflectionV1Alpha } from '../../gen/ts/grpc/reflection/v1alpha/reflection_pb.js';
import type { RpcContext } from './context.ts';
import { createHealth } from './health.ts';
import { createReflection, createReflectionV1Alpha } from './reflection.ts';
import { createReflectionIndex } from './reflection-index.ts';

/** Not imported by any service, but carried by every error. */
const ERROR_FILES = [file_agentbus_v1_error_reason, file_google_rpc_error_details];

/** Serves health and reflection of the given services and of themselves. */
export function addStandardServices(router: ConnectRouter, own: readonly DescService[], { drain }: RpcContext): void {
  const index = createReflectionIndex([...own, Health, ServerReflection, ServerReflectionV1Alpha], ERROR_FILES);
  router.service(Health, createHealth(index.services, drain));
  router.service(ServerReflection, createReflection(index));
  router.service(ServerReflectionV1Alpha, createReflectionV1Alpha(index));
}
