import { callJson, type JsonAnswer } from '../../call-json.ts';
import type { BusProcess } from '../../start-bus-process.ts';
import { type Answered, agentOf, LANES, messageOf, SESSION } from './small-work.ts';

/**
 * Asks a bus that was drained about what it remembers of the work: the first wrong answer in words, or undefined. Every
 * message is acknowledged, and known when it is said again; the session and all agents are there.
 */
export async function recheckWork(bus: BusProcess, { accepted, settled }: Answered): Promise<string | undefined> {
  const { address, apiKey } = bus;
  const call = async (method: string, body: unknown): Promise<JsonAnswer> => {
    const answer = await callJson({ address, apiKey, method, body });
    if (answer.status >= 500) throw new Error(`${method}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  for (const { id, lane } of sampleOf(accepted)) {
    const agent = agentOf(lane);
    const status = await call('MessageService/GetMessageStatus', { sender: agent, message_id: id });
    const [copy] = status.body.statuses ?? [];
    if (status.status !== 200 || copy?.recipient !== agent) return `the bus does not know ${id}`;
    if (settled.has(id) && copy.state !== 'MESSAGE_STATE_ACKNOWLEDGED') return `${id} is said to be ${copy.state}`;
    const again = await call('MessageService/SendMessage', { message: messageOf(id, agent) });
    if (again.status !== 200 || again.body.duplicate !== true) return `${id} is not known as a repeat`;
  }
  const agents = await call('AgentService/ListAgents', { page_size: 100 });
  if (agents.body.agents?.length !== LANES) return `there are ${agents.body.agents?.length} agents and not ${LANES}`;
  const sessions = await call('SessionService/ListSessions', { page_size: 100 });
  if (sessions.body.sessions?.[0]?.session_id !== SESSION) return 'the session is not listed';
  return undefined;
}

/** Enough to find an index or a page that is wrong. */
const SAMPLE = 60;

function sampleOf(accepted: ReadonlySet<string>): { id: string; lane: number }[] {
  const all = [...accepted];
  const every = Math.max(1, Math.floor(all.length / SAMPLE));
  return all.filter((_, index) => index % every === 0).map((id) => ({ id, lane: laneOf(id) }));
}

/** Message ids end with their lane. */
function laneOf(id: string): number {
  return Number(id.split('-')[2]);
}
