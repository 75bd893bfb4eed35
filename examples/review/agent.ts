/**
 * A reviewer: looks at a change for one aspect at a time, until Ctrl-C. Start three, before the orchestrator or after.
 *   AGENT_BUS_API_KEY=... AGENT_ID=review://ada node --conditions=agentbus-source examples/review/agent.ts
 */
import { setTimeout as wait } from 'node:timers/promises';
import { connectAgent } from '@vibes/agent-communication-bus';

/** What each aspect finds fault with. */
const FAULTS: Readonly<Record<string, RegExp>> = {
  security: /\beval\(|\bpassword\b/,
  style: /\bvar\b/,
  simplicity: /\bextends\b/,
};

const agent = connectAgent({
  address: process.env.AGENT_BUS_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.AGENT_BUS_API_KEY ?? '',
  agentId: process.env.AGENT_ID ?? 'review://ada',
  capabilities: ['review'],
});

agent.onTask(async ({ payload: { aspect, change } }, { progress, signal }) => {
  const fault = FAULTS[String(aspect)];
  if (fault === undefined || typeof change !== 'string') throw new TypeError(`nothing to review for ${aspect}`);
  await progress(10, `reading for ${aspect}`);
  console.log(`reviewing ${aspect}`);
  // Where a model would think. It stops when the task is called off, or somebody else is asked to do it.
  await wait(Number(process.env.REVIEW_MS ?? 2_000), undefined, { signal });
  const finding = fault.exec(change)?.[0];
  return {
    verdict: finding === undefined ? 'approve' : 'change',
    [`${aspect}`]: finding === undefined ? 'nothing found' : `found ${finding}`,
    confidence: 0.9,
  };
});

process.once('SIGINT', () => void agent.drain());
await agent.closed;
