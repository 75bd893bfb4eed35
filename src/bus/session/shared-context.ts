import type { JsonObject } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { type SharedContextUpdated, SharedContextUpdatedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { UpdateSharedContextRequest } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { applyMergePatch, findForbiddenKey } from './merge-patch.ts';

/**
 * The event that a change of the shared context makes.
 * Throws CONTEXT_REVISION_MISMATCH, FORBIDDEN_KEY, SHARED_CONTEXT_TOO_LARGE.
 */
export function updateSharedContext(session: Session, request: UpdateSharedContextRequest): SharedContextUpdated {
  const { change, expectedRevision } = request;
  if (expectedRevision !== undefined && expectedRevision !== session.contextRevision) {
    throw new BusError(
      'CONTEXT_REVISION_MISMATCH',
      `the shared context is at revision ${session.contextRevision}, not ${expectedRevision}`,
      { expected: expectedRevision, actual: session.contextRevision },
    );
  }
  if (change.case === 'mergePatch') {
    const after = applyMergePatch(session.sharedContext ?? {}, change.value);
    requireFittingContext(change.value, after, 'merge_patch');
  } else {
    const context = change.value ?? {};
    requireFittingContext(context, context, 'shared_context');
  }
  return create(SharedContextUpdatedSchema, { contextRevision: session.contextRevision + 1n, change });
}

/** Checks what came in for keys that are refused, and what would be kept for its size. */
export function requireFittingContext(incoming: JsonObject, kept: JsonObject, field: string): void {
  const key = findForbiddenKey(incoming);
  if (key !== undefined) {
    throw new BusError('FORBIDDEN_KEY', `${field} has the key "${key}", which is refused`, { field, key });
  }
  const bytes = Buffer.byteLength(JSON.stringify(kept));
  if (bytes <= SESSION_LIMITS.maxSharedContextBytes) return;
  throw new BusError(
    'SHARED_CONTEXT_TOO_LARGE',
    `the shared context would have ${bytes} bytes; ${SESSION_LIMITS.maxSharedContextBytes} are allowed`,
    { limit: SESSION_LIMITS.maxSharedContextBytes, actual: bytes },
  );
}
