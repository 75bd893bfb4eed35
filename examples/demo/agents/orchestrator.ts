/**
 * The orchestrator: opens the session, designs, has the parts made and reviewed, and closes the session. Its
 * first line of output is the session's id.
 */
import { AggregationMethod, type Answer, connectOrchestrator, type NewTask } from '@vibes/agent-communication-bus';
import { COMPONENTS, NOTIFICATIONS_SESSION, ORCHESTRATOR, QA, REQUIREMENTS } from '../feature.ts';
import { readArtifact } from '../task-payloads.ts';
import { readEnvironment } from './environment.ts';

// Ctrl-C reaches the whole demo at once; its parent ends this process in good order.
process.on('SIGINT', () => {});
const orchestrator = connectOrchestrator({ ...readEnvironment(), agentId: ORCHESTRATOR });
const session = await orchestrator.createSession(NOTIFICATIONS_SESSION);
console.log(session.id);

// The design is for everybody. The revision makes sure that nobody wrote another one meanwhile.
await session.updateSharedContext({ merge: { design: { components: COMPONENTS } } }, { expectedRevision: 1 });
// The orchestrator alone says when its own step is done; the others move on by their tasks.
await session.updateWorkflow({ completedSteps: ['design'] });

// Whoever makes a part, it is asked for once: if its agent is lost, the bus asks the other one.
const implementers = Object.keys(COMPONENTS);
await Promise.all(
  Object.entries(COMPONENTS).map(([to, component]) =>
    ask({
      to,
      taskId: `implement-${component}`,
      payload: { component, requirements: [...REQUIREMENTS] },
      fallbackAgents: implementers.filter((agentId) => agentId !== to),
    }),
  ),
);

// Each answer has its component as a key, so that the one result of all has every component.
const { unifiedResult = {} } = await session.aggregate({ method: AggregationMethod.CONSENSUS });
const artifacts = Object.values(COMPONENTS).map((component) => readArtifact(unifiedResult[component]));
const { checks } = await ask({
  to: QA,
  taskId: 'review-notifications',
  payload: { requirements: [...REQUIREMENTS], artifacts: artifacts.map((artifact) => ({ ...artifact })) },
});

await session.complete({
  summary: `${Object.values(COMPONENTS).join(' and ')} cover ${REQUIREMENTS.join(' and ')}; ${checks} checks passed`,
  artifacts: artifacts.map(({ sha256 }) => `urn:sha256:${sha256}`),
});
orchestrator.close();

/** What a task came to, once it has; throws if that is a failure. */
async function ask(task: NewTask): Promise<Answer['payload']> {
  const { taskId, failed, payload } = await session.ask(task);
  if (failed) throw new Error(`${taskId} failed: ${JSON.stringify(payload)}`);
  return payload;
}
