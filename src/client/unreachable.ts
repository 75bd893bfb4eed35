import { AgentbusError, type StatusCode } from './errors.ts';

/** The bus cannot be reached, for as long as that was tried; `last` is what the last try failed with, if it ended at all. */
export function unreachable(address: string | undefined, last: AgentbusError | undefined): AgentbusError {
  const message = `cannot reach the bus${at(address)}: ${last?.message.trim() ?? 'nothing answers'}`;
  return new AgentbusError({ code: 'UNAVAILABLE', message, cause: last?.cause });
}

/** What the errors of a wrong address come to: something answers there, and refuses what it does not know. */
const NOT_BY_A_BUS: ReadonlySet<StatusCode> = new Set(['UNIMPLEMENTED', 'UNAUTHENTICATED', 'PERMISSION_DENIED']);

/**
 * Says where the bus was looked for in an error that is not the bus's own: it gives a reason with each of its errors, so one
 * without was made on the way, or by something else that answers at a wrong address.
 */
export function withAddress(error: AgentbusError, address: string | undefined): AgentbusError {
  const { code, reason, message } = error;
  if (reason !== undefined) return error;
  if (code === 'UNAVAILABLE') return unreachable(address, error);
  if (code === 'DEADLINE_EXCEEDED') return retold(error, `no answer from the bus${at(address)}: ${message}`);
  if (NOT_BY_A_BUS.has(code)) {
    return retold(error, `what answers${at(address)} is no bus, or none that knows this call: ${message}`);
  }
  return error;
}

/** Takes the place of `error`, whose text is in the message: a chain that said the same twice would be hard to read. */
function retold({ code, cause }: AgentbusError, message: string): AgentbusError {
  return new AgentbusError({ code, message, cause });
}

function at(address: string | undefined): string {
  return address === undefined ? '' : ` at ${address}`;
}
