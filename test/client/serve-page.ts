import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A site of one page. */
export interface PageServer {
  /** Another origin than the bus. */
  readonly address: string;
  /** What the page reported. */
  readonly findings: Promise<Record<string, unknown>>;
  close(): void;
}

/** Serves a page that runs `script`, and waits for what it posts to `/findings`. */
export async function servePage(script: string): Promise<PageServer> {
  const findings = Promise.withResolvers<Record<string, unknown>>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (request.method === 'POST' && pathname === '/findings') {
      findings.resolve(JSON.parse(await text(request)));
      response.end();
    } else if (pathname === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (pathname === '/') {
      response.setHeader('content-type', 'text/html').end('<script type="module" src="/page.js"></script>');
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    findings: findings.promise,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
