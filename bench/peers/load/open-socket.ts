import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connects. A connection that breaks later throws, and so ends the process: a load that lost it measured nothing. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('end', () => {
    throw new Error(`the server on port ${port} closed the connection`);
  });
  return socket;
}
