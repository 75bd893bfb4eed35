/**
 * The orchestrator: opens the session, designs, has the parts made and reviewed, and closes the session. Its
 * first line of output is the session's id.
 */
import { connectOrchestrator, type SessionHandle } from '@vibes/agent-communication-bus';
import type { Artifact } from '../artifact.ts';
import { BACKEND, FRONTEND, NOTIFICATIONS_SESSION, ORCHESTRATOR, QA, REQUIREMENTS } from '../feature.ts';
import { readArtifact } from '../task-payloads.ts';
import { readEnvironment } from './environment.ts';

const COMPONENTS = { [BACKEND]: 'notification-service', [FRONTEND]: 'notification-center' };

// Ctrl-C reaches the whole demo at once; its parent ends this process in good order.
process.on('SIGINT', () => {});
const orchestrator = connectOrchestrator({ ...readEnvironment(), agentId: ORCHESTRATOR });
const session = await orchestrator.createSession(NOTIFICATIONS_SESSION);
console.log(session.id);

// The design is for everybody. The revision makes sure that nobody wrote another one meanwhile.
await session.updateSharedContext({ merge: { design: { components: COMPONENTS } } }, { expectedRevision: 1 });
await session.updateWorkflow({ currentStep: 'implementation', completedSteps: ['design'], pendingSteps: ['review'] });

const artifacts = await implement(session);
await session.updateWorkflow({ currentStep: 'review', completedSteps: ['design', 'implementation'] });

const { checks } = await review(session, artifacts);
await session.updateWorkflow({ completedSteps: ['design', 'implementation', 'review'] });
await session.complete({
  summary: `${artifacts.map(({ component }) => component).join(' and ')} cover ${REQUIREMENTS.join(' and ')}; ${checks} checks passed`,
  artifacts: artifacts.map(({ sha256 }) => `urn:sha256:${sha256}`),
});
orchestrator.close();

async function implement(session: SessionHandle): Promise<Artifact[]> {
  const taskIds = await Promise.all(
    Object.entries(COMPONENTS).map(([to, component]) =>
      session.delegate({
        taskId: `implement-${component}`,
        to,
        step: 'implementation',
        payload: { component, requirements: [...REQUIREMENTS] },
      }),
    ),
  );
  const results = await resultsOf(session, taskIds);
  return results.map(({ artifact }) => readArtifact(artifact));
}

async function review(session: SessionHandle, artifacts: readonly Artifact[]) {
  const payload = { requirements: [...REQUIREMENTS], artifacts: artifacts.map((artifact) => ({ ...artifact })) };
  const taskId = await session.delegate({ taskId: 'review-notifications', to: QA, step: 'review', payload });
  const [result] = await resultsOf(session, [taskId]);
  return { checks: Number(result?.checks) };
}

/**
 * The results of tasks, once all have one; throws when one fails. It reads the session from its
 * beginning, so that an answer that came before anybody asked is found as well.
 */
async function resultsOf(session: SessionHandle, taskIds: readonly string[]): Promise<Record<string, unknown>[]> {
  const results = new Map<string, Record<string, unknown>>();
  for await (const { body } of session.events()) {
    if (body.case === 'taskFailed' && taskIds.includes(body.value.taskId)) {
      throw new Error(`${body.value.taskId} failed: ${body.value.error?.message}`);
    }
    if (body.case !== 'taskCompleted') continue;
    const content = body.value.result?.content;
    results.set(body.value.taskId, content?.case === 'payload' ? content.value : {});
    if (taskIds.every((taskId) => results.has(taskId))) break;
  }
  return taskIds.map((taskId) => results.get(taskId) ?? {});
}
