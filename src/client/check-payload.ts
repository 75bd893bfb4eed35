import { AgentbusError } from './errors.ts';

/**
 * Throws INVALID_ARGUMENT for what is no JSON, which a program without types may hand over: the codec would send `null`, or
 * nothing, in its place. An integer beyond 2^53 is a `bigint`, and sent as text.
 */
export function checkPayload(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw noJson('payload', 'is no object');
  checkFields(payload, 'payload');
}

function checkFields(fields: object, path: string): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'object' && value !== null) checkFields(value, `${path}.${name}`);
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
