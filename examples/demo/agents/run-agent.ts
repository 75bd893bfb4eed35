import { connectAgent, type TaskHandler } from '@vibes/agent-communication-bus';
import { readEnvironment } from './environment.ts';

/** Lives as an agent that does tasks, until the process is asked to end. */
export async function runAgent(agentId: string, onTask: TaskHandler): Promise<void> {
  const agent = connectAgent({ ...readEnvironment(), agentId, onTask });
  process.once('SIGTERM', () => void agent.close());
  // Ctrl-C reaches the whole demo at once; its parent ends the agents in good order.
  process.on('SIGINT', () => {});
  await agent.closed;
}
