/**
 * Has a change reviewed by three agents at once and prints what came out. Each review has the other two agents to fall
 * back on: kill one of them in the middle of its work, and another does it.
 *   AGENT_BUS_API_KEY=... node --conditions=agentbus-source examples/review/orchestrator.ts
 */
import { AggregationMethod, connectOrchestrator } from '@vibes/agent-communication-bus';

const CHANGE = [
  'export function greet(name: string): string {',
  "  var greeting = 'Hello, ' + name;",
  '  return greeting;',
  '}',
].join('\n');
const REVIEWS = { 'review://ada': 'security', 'review://bob': 'style', 'review://cleo': 'simplicity' };
const reviewers = Object.keys(REVIEWS);

const orchestrator = connectOrchestrator({
  address: process.env.AGENT_BUS_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.AGENT_BUS_API_KEY ?? '',
  agentId: 'review://lead',
});
const session = await orchestrator.createSession({
  participants: reviewers.map((agentId) => ({ agentId, role: 'reviewer' })),
  steps: [{ name: 'review', requiredAgents: reviewers }],
});

// Each call waits for its answer, whoever gives it in the end, through restarts of the bus as well.
const reviews = Object.entries(REVIEWS).map(async ([to, aspect]) => {
  const answer = await session.ask({
    to,
    taskId: `${session.id}/${aspect}`,
    step: 'review',
    payload: { aspect, change: CHANGE },
    timeoutMs: 120_000,
    fallbackAgents: reviewers.filter((agentId) => agentId !== to),
  });
  console.error(`${aspect}: reviewed by ${answer.agentId}${answer.agentId === to ? '' : `, as ${to} was gone`}`);
});

// A review that nobody did is missing in the result, and no reason to throw the others away.
for (const review of await Promise.allSettled(reviews)) if (review.status === 'rejected') console.error(review.reason);

const how = { method: AggregationMethod.CONSENSUS };
const { unifiedResult } = await session.aggregate(how);
await session.complete({ summary: `The majority says: ${unifiedResult?.verdict ?? 'nothing'}.` });
console.log((await session.aggregate(how)).summaryMarkdown);
orchestrator.close();
