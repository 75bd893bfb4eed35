import { callJson } from '../../../test/call-json.ts';
import type { BusAddress } from '../load-connection.ts';

/** Opens a session with these participants, who all have the same role. Returns its id. */
export async function openBenchSession(
  bus: BusAddress,
  { run, orchestrator, agents }: { run: string; orchestrator: string; agents: readonly string[] },
): Promise<string> {
  const sessionId = `bench-${run}`;
  const participants = agents.map((agentId) => ({ agent_id: agentId, role: 'worker' }));
  const body = { session_id: sessionId, orchestrator, participants };
  const { status, body: answer } = await callJson({ ...bus, method: 'SessionService/CreateSession', body });
  if (status !== 200) throw new Error(`the session was refused: ${JSON.stringify(answer)}`);
  return sessionId;
}
