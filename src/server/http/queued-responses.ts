import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes every response of a connection when the connection closes. Node closes only the one being sent: those of pipelined
 * requests are queued behind it and would never emit `close`, so their calls would count as in progress forever.
 */
export function closeQueuedResponses(server: Server): void {
  const open = new WeakMap<Socket, Set<ServerResponse>>();
  server.on('connection', (socket: Socket) => {
    const responses = new Set<ServerResponse>();
    open.set(socket, responses);
    socket.once('close', () => {
      for (const response of responses) {
        if (response.socket) continue; // The one being sent, which Node closes itself.
        response.destroy();
        response.emit('close');
      }
    });
  });
  // Before the handler, which may close the response at once.
  server.prependListener('request', ({ socket }, response) => {
    const responses = open.get(socket);
    responses?.add(response);
    response.once('close', () => responses?.delete(response));
  });
}
