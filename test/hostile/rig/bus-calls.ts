import { callJson, type JsonAnswer } from '../../call-json.ts';
import type { Target } from './target.ts';

/** Makes a JSON call on the target's bus. */
export function call(target: Target, method: string, body: unknown): Promise<JsonAnswer> {
  return callJson({ address: target.bus.address, apiKey: target.bus.apiKey, method, body });
}

/** A message to an agent, as JSON. */
export function messageTo(agentId: string, messageId: string, text = 'hello') {
  return {
    message_id: messageId,
    sender: { agent_id: 'test://sender' },
    recipient: { agent_id: agentId },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
    payload: { text },
  };
}
