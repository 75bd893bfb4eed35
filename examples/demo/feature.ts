import type { NewSession } from '@vibes/agent-communication-bus';

/** The agents of the demo. */
export const ORCHESTRATOR = 'claude-code://orchestrator';
export const BACKEND = 'opencode://backend';
export const FRONTEND = 'codex://frontend';
export const QA = 'claude-code://qa';

/** What the feature has to do; every artifact is checked against it. */
export const REQUIREMENTS: readonly string[] = ['real-time updates', 'audit logs'];

/** The parts of the feature, by the agent that is to make each. */
export const COMPONENTS = { [BACKEND]: 'notification-service', [FRONTEND]: 'notification-center' } as const;

/** The session in which the four build a notifications feature. */
export const NOTIFICATIONS_SESSION: NewSession = {
  participants: [
    { agentId: BACKEND, role: 'implementer' },
    { agentId: FRONTEND, role: 'implementer' },
    { agentId: QA, role: 'reviewer' },
  ],
  steps: [
    { name: 'design', requiredAgents: [ORCHESTRATOR] },
    { name: 'implementation', requiredAgents: [BACKEND, FRONTEND] },
    { name: 'review', requiredAgents: [QA] },
  ],
  sharedContext: { project: 'feature/notifications', requirements: [...REQUIREMENTS] },
};
