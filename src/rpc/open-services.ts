import { Health } from '../../gen/ts/grpc/health/v1/health_pb.js';
import { ServerReflection } from '../../gen/ts/grpc/reflection/v1/reflection_pb.js';
import { ServerReflection as ServerReflectionV1Alpha } from '../../gen/ts/grpc/reflection/v1alpha/reflection_pb.js';

/**
 * Services that answer callers without a key. A load balancer has none and asks only whether the bus serves;
 * reflection tells what the public contract says and nothing of the data.
 */
const OPEN: ReadonlySet<string> = new Set(
  [Health, ServerReflection, ServerReflectionV1Alpha].map((service) => service.typeName),
);

/** Whether a service needs no identity, nor stops answering while the bus drains. */
export function isOpenService(typeName: string): boolean {
  return OPEN.has(typeName);
}
