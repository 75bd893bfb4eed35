import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescMethod, DescService } from '@bufbuild/protobuf';

const GENERATED = new URL('../../../gen/ts/', import.meta.url).pathname;

/**
 * Every service that code was generated for, so that a new one is fuzzed without anybody remembering: a service that
 * the bus does not serve is one more path that there is not.
 */
export async function allServices(): Promise<DescService[]> {
  const files = await readdir(GENERATED, { recursive: true });
  const modules = await Promise.all(
    files
      .filter((file) => file.endsWith('_pb.js'))
      .sort()
      .map((file) => import(join(GENERATED, file)) as Promise<object>),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isService);
}

/** Every method of {@link allServices}. */
export async function allMethods(): Promise<DescMethod[]> {
  return (await allServices()).flatMap(({ methods }) => methods);
}

function isService(exported: unknown): exported is DescService {
  return typeof exported === 'object' && exported !== null && 'kind' in exported && exported.kind === 'service';
}
