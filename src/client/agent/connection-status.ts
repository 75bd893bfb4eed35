import type { AgentbusError } from '../errors.ts';

/** Where the connection of an agent stands. */
export type ConnectionStatus =
  /** A stream is being opened. */
  | { readonly state: 'connecting' }
  /** The bus has welcomed the agent. With `error`: it refused a frame that was no message, and goes on. */
  | { readonly state: 'online'; readonly connectionId: string; readonly error?: AgentbusError }
  /** The stream is lost; another will be opened after a wait. */
  | { readonly state: 'waiting'; readonly retryInMs: number; readonly error: AgentbusError | undefined }
  /** The agent takes no more work and finishes what it has. */
  | { readonly state: 'draining' }
  /** The agent has left as it was told to. */
  | { readonly state: 'closed' }
  /** Another process took this instance's place. Final. */
  | { readonly state: 'fenced'; readonly error: AgentbusError }
  /** The bus refuses the agent (wrong key, forbidden agent id, malformed hello) or was never reached. Final. */
  | { readonly state: 'failed'; readonly error: AgentbusError };

/** Codes with which the bus says that trying again changes nothing. */
const FINAL_CODES: ReadonlySet<AgentbusError['code']> = new Set([
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
  'NOT_FOUND',
  'UNIMPLEMENTED',
]);

/** Whether the error that ended a stream ends the connection. */
export function isFinal(error: AgentbusError): boolean {
  return error.reason === 'STREAM_FENCED' || FINAL_CODES.has(error.code);
}
