import { once } from 'node:events';
import { connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import { GetSessionRequestSchema, SessionService } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { LeanCall } from '../../../src/rpc/grpc/lean-call.ts';
import { serveUnary } from '../../../src/rpc/grpc/serve-unary.ts';
import { createRoutes, type Routes } from '../../../src/rpc/routes.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { grpcEnd, grpcMessage, hello } from '../../hostile/rig/grpc-call.ts';
import { openBus } from '../../open-bus.ts';
import { KEY, startServer } from '../../server/start-server.ts';

// Goal: a call of the lane ends when its deadline passes, its client leaves or the server stops, whatever its method does.
// Method: methods that look at nothing, asked by raw HTTP/2, on a clock that stands still until it is moved.

const TIMEOUT_MS = 5_000;
const never = new Promise<never>(() => undefined);
const request = grpcMessage(toBinary(GetSessionRequestSchema, create(GetSessionRequestSchema, { sessionId: 's' })));

/** Calls of every shape, each at the moment when it is left alone: before its request, before its response, and in the middle of it. */
const CALLS = [
  { when: 'whose request is not whole', method: 'SessionService/GetSession', sent: request.subarray(0, 3) },
  { when: 'whose request has not ended', method: 'SessionService/GetSession', sent: request },
  { when: 'that was not answered', method: 'SessionService/GetSession', sent: request, ends: true },
  { when: 'that is being answered', method: 'AgentService/AgentStream', sent: Buffer.alloc(0) },
];

/** A call that its method leaves alone, as the client and as the server see it. */
async function open({ method, sent, ends = false }: (typeof CALLS)[number]) {
  const left = Promise.withResolvers<LeanCall>();
  let acted = false;
  const routes: Routes = (_router, _context, lane) => {
    lane.add(SessionService.method.getSession, (call) => {
      const act = () => {
        acted = true;
        left.resolve(call);
        return never;
      };
      serveUnary(call, { read: () => act });
      if (!ends) call.stream.once('data', () => left.resolve(call));
    });
    lane.add(AgentService.method.agentStream, (call) => {
      call.respond();
      left.resolve(call);
    });
  };
  const clock = createFakeClock();
  const { server, url, lines } = await startServer({ routes, clock });
  const { client, leave } = ask(url, method);
  if (ends) client.end(sent);
  else client.write(sent);
  const call = await left.promise;
  const aborted = new Promise<unknown>((resolve) => {
    call.signal.addEventListener('abort', () => resolve(call.signal.reason));
  });
  return { server, clock, client, leave, call, aborted, lines, acted: () => acted };
}

describe.each(CALLS)('a call $when', (which) => {
  it('ends when its deadline passes, and not before', async () => {
    const { clock, client, call, aborted, lines } = await open(which);
    clock.advance(TIMEOUT_MS - 1);
    expect(call.over).toBe(false);
    clock.advance(1);
    expect(await grpcEnd(client)).toMatchObject({
      status: Code.DeadlineExceeded,
      details: expect.stringContaining('DEADLINE_EXCEEDED'),
    });
    expect(await aborted).toMatchObject({ code: Code.DeadlineExceeded });
    expect(lines()).toMatchObject([{ msg: 'call', code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' }]);
  });

  it('ends when its client leaves, does nothing more, and forgets its deadline', async () => {
    const { clock, leave, call, aborted, lines, acted } = await open(which);
    const pending = clock.pending;
    leave();
    expect(await aborted).toMatchObject({ code: Code.Canceled });
    expect([call.over, call.canWrite, acted()]).toEqual([true, false, which.ends === true]);
    expect(clock.pending).toBeLessThan(pending);
    expect(lines()).toMatchObject([{ msg: 'call', code: 'canceled' }]);
  });

  it('ends with UNAVAILABLE when the server stops', async () => {
    const { server, aborted, lines } = await open(which);
    await server.close();
    expect(await aborted).toMatchObject({ code: Code.Unavailable });
    expect(lines()).toMatchObject([{ msg: 'call', code: 'unavailable' }]);
  });
});

it("an agent's stream that is reset in the middle of a frame was canceled, and brought nothing malformed", async () => {
  const { bus, clock } = await openBus();
  onTestFinished(() => bus.close());
  const { url, lines } = await startServer({ routes: createRoutes(bus), clock });
  const { client, leave } = ask(url, 'AgentService/AgentStream');
  client.write(hello('claude-code://a'));
  await once(client, 'data');
  client.write(hello('claude-code://a').subarray(0, 8), leave);
  await expect.poll(lines).toMatchObject([{ msg: 'call', code: 'canceled' }]);
});

/** A call whose client can leave. */
function ask(url: string, method: string) {
  const session = connect(url);
  onTestFinished(() => session.destroy());
  const headers = {
    ':method': 'POST',
    ':path': `/agentbus.v1.${method}`,
    'content-type': 'application/grpc',
    'x-agent-api-key': KEY,
    'grpc-timeout': `${TIMEOUT_MS}m`,
  };
  const gone = new AbortController();
  // By its signal, Node resets a stream at once; when it closes one, it ends the request first.
  const client = session.request(headers, { signal: gone.signal });
  client.on('error', () => undefined);
  return { client, leave: () => gone.abort() };
}
