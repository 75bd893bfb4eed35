import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';

/** Who is or was in a session, in which role. */
export interface Member {
  readonly agentId: string;
  readonly role: string;
}

/** The role of the agent that leads a session, which has none in its roster. */
const LEADER = 'orchestrator';

/** The participants in order of joining, removed ones too, because what they answered stands; then the orchestrator. */
export function rosterOf({ participants, orchestrator }: Session): Member[] {
  return [...participants.map(({ agentId, role }) => ({ agentId, role })), { agentId: orchestrator, role: LEADER }];
}
