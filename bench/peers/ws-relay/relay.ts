/**
 * A relay as many write one for their agents: JSON over WebSockets, mailboxes in memory, nothing on disk. Its arguments are the main
 * file of `ws` and a port.
 */
import type { FromRelay, RelayMessage, ToRelay } from './relay-frames.ts';
import { loadWs, type WsSocket } from './ws-library.ts';

const [, , library = '', port = ''] = process.argv;
const { WebSocketServer } = await loadWs(library);
const agents = new Map<string, WsSocket>();
/** Messages that nobody has acknowledged yet, by id. */
const kept = new Map<string, RelayMessage>();

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });
server.on('connection', (socket) => {
  let agent: string | undefined;
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString()) as ToRelay;
    switch (frame.type) {
      case 'hello':
        agent = frame.agent;
        agents.set(agent, socket);
        send(socket, { type: 'hello' });
        break;
      case 'send':
        deliver(frame.messages);
        send(socket, { type: 'accepted', ids: frame.messages.map(({ id }) => id) });
        break;
      case 'ack':
        for (const id of frame.ids) kept.delete(id);
        send(socket, { type: 'acked', ids: frame.ids });
        break;
      case 'depth':
        send(socket, { type: 'depth', messages: kept.size });
        break;
    }
  });
  // A client that is gone shows in its close.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (agent !== undefined) agents.delete(agent);
  });
});

/** Passes messages on: those of one frame to one recipient in one frame. */
function deliver(messages: readonly RelayMessage[]): void {
  for (const [to, some] of Map.groupBy(messages, (message) => message.to)) {
    for (const message of some) kept.set(message.id, message);
    const socket = agents.get(to);
    if (socket !== undefined) send(socket, { type: 'deliver', messages: some });
  }
}

function send(socket: WsSocket, frame: FromRelay): void {
  socket.send(JSON.stringify(frame));
}
