import { CLIENT_LIMITS } from './client-limits.ts';
import { AgentbusError } from './errors.ts';

/**
 * Throws INVALID_ARGUMENT for what is no JSON, which a program without types may hand over: the codec would send `null`, or
 * nothing, in its place. An integer beyond 2^53 is a `bigint`, and sent as text. What is nested too deep is refused here because the bus
 * may not be able to decode the frame that it is in, and would end the stream for it.
 */
export function checkPayload(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw noJson('payload', 'is no object');
  checkFields(payload, { path: 'payload', depth: 1 });
}

/** Where an object or a list is, and how many it is inside of, itself included. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

function checkFields(fields: object, { path, depth }: Place): void {
  const { maxJsonDepth } = CLIENT_LIMITS;
  if (depth > maxJsonDepth) throw noJson(path, `is nested deeper than ${maxJsonDepth} levels`);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'object' && value !== null) checkFields(value, { path: `${path}.${name}`, depth: depth + 1 });
    else if (!isJson(value)) throw noJson(`${path}.${name}`, `is ${String(value)}, which JSON does not have`);
  }
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'bigint' && typeof value !== 'function' && typeof value !== 'symbol';
}

function noJson(path: string, what: string): AgentbusError {
  return new AgentbusError({ code: 'INVALID_ARGUMENT', message: `${path} ${what}` });
}
