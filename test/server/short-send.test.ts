import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { Backoff, DeliveryMode, MessageType, Priority } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { echoRoutes, KEY, startServer } from './start-server.ts';

// Goal: the request that the tutorial prints works as printed, and is a SendMessage like any other.
// Method: that request against a real server whose handler shows what arrived.

const printed = {
  message_id: 'task_impl_backend',
  timestamp: '2025-02-02T11:00:00Z',
  sender: { agent_id: 'claude-code://orchestrator', framework: 'claude-code', session_id: 'sess_1' },
  recipient: { agent_id: 'opencode://backend', framework: 'opencode' },
  message_type: 'task_request',
  priority: 'high',
  payload: { task_type: 'implementation', context: { component: 'notification-service', priority: 'high' } },
  routing: { timeout: '300s', retry_policy: { max_retries: 1, backoff: 'linear' }, delivery_mode: 'async' },
};

const canonical = {
  ...printed,
  message_type: 'MESSAGE_TYPE_TASK_REQUEST',
  priority: 'PRIORITY_HIGH',
  routing: {
    timeout: '300s',
    retryPolicy: { maxRetries: 1, backoff: 'BACKOFF_LINEAR' },
    deliveryMode: 'DELIVERY_MODE_ASYNC',
  },
};

describe('POST /messages/send', () => {
  it.each([
    ['as the tutorial prints it', printed],
    ['with protobuf’s words and names', canonical],
  ])('takes a message %s', async (_, body) => {
    const seen: (Envelope | undefined)[] = [];
    const { url } = await startServer({
      routes: echoRoutes({
        messages: {
          sendMessage({ message }) {
            seen.push(message);
            return { messageId: message?.messageId ?? '', acceptedTime: { seconds: 1_770_000_000n } };
          },
        },
      }),
    });
    const response = await send(url, JSON.stringify(body));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      message_id: 'task_impl_backend',
      duplicate: false,
      accepted_time: '2026-02-02T02:40:00Z',
      recipients: [],
    });
    expect(seen).toMatchObject([
      {
        messageType: MessageType.TASK_REQUEST,
        priority: Priority.HIGH,
        routing: {
          timeout: { seconds: 300n },
          deliveryMode: DeliveryMode.ASYNC,
          retryPolicy: { maxRetries: 1, backoff: Backoff.LINEAR },
        },
        content: { case: 'payload', value: printed.payload },
      },
    ]);
  });

  it.each([
    ['an unknown word', { ...printed, priority: 'urgent' }, 400, 'MALFORMED_REQUEST', { type: 'agentbus.v1.Priority' }],
    ['an unknown field', { ...printed, prio: 'high' }, 400, 'MALFORMED_REQUEST', { field: 'prio' }],
    ['a broken rule', { ...printed, message_id: 'a b' }, 400, 'FIELD_INVALID', { field: 'message.message_id' }],
    ['no object', [printed], 400, 'MALFORMED_REQUEST', {}],
    ['too much', { ...printed, payload: { a: 'x'.repeat(5_000_000) } }, 429, 'MESSAGE_TOO_LARGE', { limit: '4194304' }],
  ])('refuses %s', async (...[, body, status, reason, metadata]) => {
    const { url } = await startServer();
    const response = await send(url, JSON.stringify(body));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      details: [{ debug: { reason, metadata } }, ...(reason === 'FIELD_INVALID' ? [{}] : [])],
    });
  });

  it('refuses what is not JSON', async () => {
    const { url } = await startServer();
    expect(await (await send(url, '{"message_id": ')).json()).toMatchObject({
      details: [{ debug: { reason: 'MALFORMED_REQUEST' } }],
    });
  });

  it('needs a key and JSON', async () => {
    const { url } = await startServer();
    const noKey = await send(url, JSON.stringify(printed), { 'x-agent-api-key': '' });
    expect(noKey.status).toBe(401);
    const form = await send(url, JSON.stringify(printed), { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form.status).toBe(415);
  });
});

function send(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/messages/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-agent-api-key': KEY, ...headers },
    body,
  });
}
