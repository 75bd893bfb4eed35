import type { JsonObject } from '@bufbuild/protobuf';
import type { Artifact } from './artifact.ts';

/** What the orchestrator asks an implementer for. */
export interface ImplementationTask {
  readonly component: string;
  readonly requirements: readonly string[];
}

/** What the orchestrator asks the reviewer for. */
export interface ReviewTask {
  readonly requirements: readonly string[];
  readonly artifacts: readonly Artifact[];
}

/** Reads a payload that the other side of the demo wrote; throws if it has another shape, which fails the task. */
export function readImplementationTask({ component, requirements }: JsonObject): ImplementationTask {
  return { component: text(component, 'component'), requirements: texts(requirements, 'requirements') };
}

/** The same for a review. */
export function readReviewTask({ requirements, artifacts }: JsonObject): ReviewTask {
  return {
    requirements: texts(requirements, 'requirements'),
    artifacts: list(artifacts, 'artifacts').map(readArtifact),
  };
}

/** The same for what an implementer answered. */
export function readArtifact(value: unknown): Artifact {
  const { component, parts, sha256 } = object(value, 'artifact');
  const entries = Object.entries(object(parts, 'parts')).map(([name, part]) => [name, text(part, name)] as const);
  return {
    component: text(component, 'component'),
    parts: Object.fromEntries(entries),
    sha256: text(sha256, 'sha256'),
  };
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${name} must be a text`);
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${name} must be a list`);
}

function texts(value: unknown, name: string): string[] {
  return list(value, name).map((item) => text(item, name));
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${name} must be an object`);
}
