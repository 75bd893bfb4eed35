import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { DrainSignal } from '../rpc/drain-signal.ts';
import { answerUnknownPath, type NodeHandler, type NodeRequest, type NodeResponse } from '../rpc/node-handler.ts';
import type { Cors } from './cors.ts';
import type { Metrics } from './metrics.ts';

export interface DispatchOptions {
  readonly calls: NodeHandler;
  readonly cors: Cors;
  readonly metrics: Pick<Metrics, 'render'>;
  readonly drain: DrainSignal;
  readonly log: Logger;
  readonly serverVersion: string;
}

interface PageContent {
  readonly status?: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const DRAINING: PageContent = { status: 503, text: 'draining\n' };
const WRONG_METHOD: PageContent = {
  status: 405,
  text: 'This page takes the method GET.\n',
  headers: { allow: 'GET, HEAD' },
};

type Page = (response: ServerResponse) => void | Promise<void>;

/**
 * Sends each request to what answers it. The pages need no key: like health, they are for machines that
 * watch the bus, and say nothing of who talks to whom.
 */
export function createDispatch(options: DispatchOptions): (request: NodeRequest, response: NodeResponse) => void {
  const { calls, cors, log } = options;
  const pages = createPages(options);
  return (request, response) => {
    if (cors(request, response)) return;
    const path = request.url?.split('?', 1)[0] ?? '';
    const page = pages[path];
    if (page === undefined) {
      if (!calls(path, request, response)) answerUnknownPath(path, request, response);
    } else if (request.method === 'GET' || request.method === 'HEAD') {
      void show(page, response as ServerResponse, log);
    } else {
      respond(response as ServerResponse, WRONG_METHOD);
    }
  };
}

function createPages({ metrics, drain, serverVersion }: DispatchOptions): Readonly<Record<string, Page>> {
  return {
    '/': (response) => respond(response, { text: welcome(serverVersion) }),
    '/healthz': (response) => respond(response, drain.draining ? DRAINING : { text: 'ok\n' }),
    '/metrics': async (response) => {
      const { contentType, text } = await metrics.render();
      respond(response, { text, headers: { 'content-type': contentType } });
    },
  };
}

async function show(page: Page, response: ServerResponse, log: Logger): Promise<void> {
  try {
    await page(response);
  } catch (error) {
    log.error({ err: error }, 'a page could not be shown');
    respond(response, { status: 500, text: 'internal error\n' });
  }
}

function respond(response: ServerResponse, page: PageContent): void {
  const { status = 200, text, headers } = page;
  const all = { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers };
  response.writeHead(status, all).end(text);
}

function welcome(serverVersion: string): string {
  return [
    `Agentbus ${serverVersion}: a message bus that AI agents meet on.`,
    '',
    'Every call is a POST of JSON, gRPC, gRPC-Web or Connect to /agentbus.v1.<Service>/<Call>;',
    'gRPC reflection lists them: buf curl --http2-prior-knowledge --list-methods <this address>.',
    'A key goes into the header x-agent-api-key, or Authorization: Bearer.',
    '',
    'POST /messages/send   sends one message',
    'GET  /healthz         200 while the bus serves, 503 once it drains',
    'GET  /metrics         numbers for Prometheus',
    '',
  ].join('\n');
}
