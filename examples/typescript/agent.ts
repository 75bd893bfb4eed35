/**
 * An agent that writes haiku: it does one task after the other until Ctrl-C, whatever happens to its connection.
 *   AGENT_BUS_API_KEY=... node --conditions=agentbus-source examples/typescript/agent.ts
 */
import { connectAgent, RetryLater } from '@vibes/agent-communication-bus';

const agent = connectAgent({
  address: process.env.AGENT_BUS_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.AGENT_BUS_API_KEY ?? '',
  agentId: 'home-made://poet',
  capabilities: ['haiku'],
  onStatus: ({ state }) => console.error(state),
});

// What is returned answers the task, what is thrown fails it, and RetryLater puts it off.
agent.onTask(async ({ payload, attempt }, { progress }) => {
  if (payload.mood === 'uninspired' && attempt === 1) throw new RetryLater(1_000, 'no inspiration yet');
  if (typeof payload.subject !== 'string') throw new TypeError('payload.subject must be a string');
  await progress(50, 'two lines done');
  return { haiku: ['an old silent pond', `${payload.subject} jumps into the pond`, 'splash! silence again'] };
});

// Finishes the task at hand; a second Ctrl-C ends the process as it does any other.
process.once('SIGINT', () => void agent.drain());
await agent.closed;
