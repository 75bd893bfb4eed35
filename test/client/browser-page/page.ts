/** Runs in a browser: leads a session on the bus that the page's address names, and reports to whoever served the page. */
import { AgentbusError, connectOrchestrator, MessageType, SessionState } from '../../../src/client/browser.ts';

const query = new URLSearchParams(location.search);
const orchestrator = connectOrchestrator({
  address: query.get('bus') ?? '',
  apiKey: query.get('key') ?? '',
  agentId: 'claude-code://browser',
  format: query.get('format') === 'json' ? 'json' : 'binary',
});

try {
  await fetch('/findings', { method: 'POST', body: JSON.stringify(await lead()) });
} catch (error) {
  const { name, message } = error as Error;
  await fetch('/findings', { method: 'POST', body: JSON.stringify({ error: `${name}: ${message}` }) });
}

async function lead() {
  const session = await orchestrator.createSession({
    participants: [{ agentId: 'opencode://backend', role: 'implementer' }],
    sharedContext: { project: 'feature/notifications' },
  });
  const events: string[] = [];
  const following = (async () => {
    for await (const { sequence, body } of session.events()) events.push(`${sequence} ${body.case}`);
  })();
  const taskId = await session.delegate({
    to: 'opencode://backend',
    taskId: 'task_from_browser',
    payload: { ok: true },
  });
  await session.send({ to: 'opencode://backend', type: MessageType.NOTIFICATION, payload: { text: 'hello' } });
  const refused = await session
    .updateSharedContext({ replace: {} }, { expectedRevision: 9 })
    .catch((error: unknown) => error);
  const { state } = await session.complete({ summary: 'done in a browser' });
  await following;
  return {
    sessionId: session.id,
    taskId,
    events,
    refused: refused instanceof AgentbusError ? [refused.code, refused.reason, refused.facts.actual] : refused,
    isCompleted: state === SessionState.COMPLETED,
    origin: location.origin,
  };
}
