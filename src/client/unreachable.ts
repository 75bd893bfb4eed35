import { AgentbusError } from './errors.ts';

/** The bus cannot be reached, for as long as that was tried; `cause` is what the last try failed with, if it ended at all. */
export function unreachable(address: string | undefined, cause: AgentbusError | undefined): AgentbusError {
  const why = cause === undefined ? 'nothing answers' : cause.message;
  return new AgentbusError({ code: 'UNAVAILABLE', message: `cannot reach the bus${at(address)}: ${why}`, cause });
}

/**
 * Says where the bus was looked for in an error that is not the bus's own: it gives a reason with each of its errors, so one
 * without was made on the way, or by something else that answers at a wrong address.
 */
export function withAddress(error: AgentbusError, address: string | undefined): AgentbusError {
  if (error.reason !== undefined) return error;
  if (error.code === 'UNAVAILABLE') return unreachable(address, error);
  if (error.code === 'DEADLINE_EXCEEDED')
    return retold(error, `no answer from the bus${at(address)}: ${error.message}`);
  if (error.code !== 'UNIMPLEMENTED') return error;
  return retold(error, `what answers${at(address)} is no bus that knows this call: ${error.message}`);
}

function retold(cause: AgentbusError, message: string): AgentbusError {
  return new AgentbusError({ code: cause.code, message, cause });
}

function at(address: string | undefined): string {
  return address === undefined ? '' : ` at ${address}`;
}
