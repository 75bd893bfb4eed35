import { AgentbusError } from '@vibes/agent-communication-bus';
import type { Words } from './command.ts';

/** Writes a line to standard output. */
export function write(line: Words): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** An error as a line says it. */
export function errorOf(thrown: unknown): Words {
  if (!(thrown instanceof AgentbusError)) return { code: 'UNKNOWN', reason: null, message: String(thrown), facts: {} };
  const { code, reason = null, message, facts } = thrown;
  return { code, reason, message, facts };
}
