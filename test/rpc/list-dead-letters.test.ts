/**
 * Goal: a list of dead letters, however long and however large they are, is read to its end by any client.
 * Method: a real server on a real bus, and a client that takes no more than gRPC clients do by default.
 */
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { BACKEND, FRONTEND } from '../open-bus.ts';
import { DROP, type StartedWithDeadLetters, startWithDeadLetters } from './dead-letter-rig.ts';
import { headers, refusal } from './start-services.ts';

describe('ListDeadLetters', () => {
  it('goes through more than a thousand, page by page, each once and in the order of acceptance', async () => {
    const { messages, bus, send, receive, reject } = await startWithDeadLetters();
    const count = 1_050;
    for (let at = 0; at < count; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => send(`m-${at + index}`)));
    }
    for (let given = 0; given < count; ) {
      const deliveries = await receive(1_000);
      // The newest first: the order of the list is that of acceptance, and not of death.
      const deliveryIds = deliveries.map(({ deliveryId }) => deliveryId).reverse();
      await reject(deliveryIds, { disposition: DROP });
      given += deliveries.length;
    }
    await bus.flush();
    const sizes: number[] = [];
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await messages.listDeadLetters({ agentId: BACKEND, pageSize: 1_000, pageToken }, { headers });
      sizes.push(page.deadLetters.length);
      seen.push(...page.deadLetters.map(({ message }) => message?.messageId ?? ''));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(sizes).toEqual([500, 500, 50]);
    expect(seen).toHaveLength(new Set(seen).size);
    const batches = Array.from({ length: count / 50 }, (_, index) => seen.slice(index * 50, index * 50 + 50));
    for (const [index, batch] of batches.entries()) {
      expect(batch.toSorted()).toEqual(Array.from({ length: 50 }, (_, at) => `m-${index * 50 + at}`).toSorted());
    }
  });

  it('has pages of 50 unless it is asked for others', async () => {
    const { messages, send, giveUpAll } = await startWithDeadLetters();
    await Promise.all(Array.from({ length: 51 }, (_, index) => send(`m-${index}`)));
    await giveUpAll();
    const page = await messages.listDeadLetters({ agentId: BACKEND }, { headers });
    expect(page.deadLetters).toHaveLength(50);
    const next = { agentId: BACKEND, pageToken: page.nextPageToken };
    expect(await messages.listDeadLetters(next, { headers })).toMatchObject({ deadLetters: [{}], nextPageToken: '' });
  });

  it('goes on where it was though what it named last is gone', async () => {
    const { messages, send, giveUpAll, purge } = await startWithDeadLetters();
    for (const messageId of ['m-1', 'm-2', 'm-3']) await send(messageId);
    const given = await giveUpAll();
    const first = await messages.listDeadLetters({ agentId: BACKEND, pageSize: 2 }, { headers });
    await purge(given.slice(0, 2));
    const next = { agentId: BACKEND, pageToken: first.nextPageToken };
    expect((await messages.listDeadLetters(next, { headers })).deadLetters).toMatchObject([
      { message: { messageId: 'm-3' } },
    ]);
  });

  it.each([
    ['that is none', async () => 'nonsense'],
    [
      'of another agent',
      async ({ messages, send, giveUpAll }: StartedWithDeadLetters) => {
        const recipient = { target: { case: 'agentId' as const, value: FRONTEND } };
        await send('m-1', { recipient });
        await send('m-2', { recipient });
        await giveUpAll(FRONTEND);
        return (await messages.listDeadLetters({ agentId: FRONTEND, pageSize: 1 }, { headers })).nextPageToken;
      },
    ],
    ['of another list', async () => Buffer.from(JSON.stringify(['sessions', '1'])).toString('base64url')],
    [
      'with a place that is none',
      async () => Buffer.from(JSON.stringify([`dead letters of ${BACKEND}`, 'nowhere!'])).toString('base64url'),
    ],
  ])('refuses a token %s', async (_, tokenOf) => {
    const started = await startWithDeadLetters();
    const pageToken = await tokenOf(started);
    expect(pageToken).not.toBe('');
    const error: unknown = await started.messages
      .listDeadLetters({ agentId: BACKEND, pageToken }, { headers })
      .catch((reason: unknown) => reason);
    expect(refusal(error)).toEqual({ code: 'InvalidArgument', reason: 'PAGE_TOKEN_INVALID' });
  });

  describe('fits what gRPC clients take by default', () => {
    const readMaxBytes = 4 * 1024 * 1024;
    const longest = `opencode://${'b'.repeat(244)}`;
    const reason = 'r'.repeat(1_024);

    it.each([
      { what: 'the largest messages', count: 3, bytes: 4_128_768, page: 1 },
      { what: 'messages of 100 KB', count: 40, bytes: 100_000, page: 31 },
      { what: 'as many as a page may have, with the longest names and reasons', count: 501, bytes: 6_200, page: 500 },
    ])('with $what', async ({ count, bytes, page }) => {
      const { url, agents, send, receive, reject } = await startWithDeadLetters();
      await agents.registerAgent({ agent: { agentId: longest } }, { headers });
      const recipient = { target: { case: 'agentId' as const, value: longest } };
      for (let index = 0; index < count; index++) {
        const around = 330 + String(index).length;
        const content = { case: 'data' as const, value: new Uint8Array(bytes - around) };
        await send(`m-${index}`, { recipient, contentType: 'application/octet-stream', content });
      }
      for (let given = 0; given < count; ) {
        const deliveries = await receive(1_000, longest);
        await reject(
          deliveries.map(({ deliveryId }) => deliveryId),
          { disposition: DROP, reason },
          longest,
        );
        given += deliveries.length;
      }
      const strict = createClient(MessageService, createGrpcTransport({ baseUrl: url, readMaxBytes }));
      const first = await strict.listDeadLetters({ agentId: longest, pageSize: 500 }, { headers });
      expect(first.deadLetters).toHaveLength(page);
      let { nextPageToken: pageToken } = first;
      let seen = page;
      for (; pageToken !== ''; ) {
        const next = await strict.listDeadLetters({ agentId: longest, pageSize: 500, pageToken }, { headers });
        seen += next.deadLetters.length;
        pageToken = next.nextPageToken;
      }
      expect(seen).toBe(count);
    });
  });
});
