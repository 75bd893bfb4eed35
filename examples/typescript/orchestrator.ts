/**
 * An orchestrator that has a haiku written and closes the session with it. Start the agent beside it, before or after.
 *   AGENT_BUS_API_KEY=... node --conditions=agentbus-source examples/typescript/orchestrator.ts
 */
import { connectOrchestrator, Priority } from '@vibes/agent-communication-bus';

const POET = 'home-made://poet';
const orchestrator = connectOrchestrator({
  address: process.env.AGENT_BUS_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.AGENT_BUS_API_KEY ?? '',
  agentId: 'home-made://editor',
});

const session = await orchestrator.createSession({
  participants: [{ agentId: POET, role: 'writer' }],
  steps: [{ name: 'writing', requiredAgents: [POET] }],
});
const taskId = await session.delegate({ to: POET, payload: { subject: 'a frog' }, priority: Priority.HIGH });

for await (const { sequence, body } of session.events()) {
  console.error(sequence, body.case);
  if (body.case === 'taskCompleted' && body.value.taskId === taskId) {
    const content = body.value.result?.content;
    console.log(content?.case === 'payload' ? content.value.haiku : undefined);
    await session.complete({ summary: 'one haiku' });
  } else if (body.case === 'taskFailed' && body.value.taskId === taskId) {
    await session.terminate({ reason: 'task_failed', details: body.value.error?.message ?? '' });
  }
}
orchestrator.close();
