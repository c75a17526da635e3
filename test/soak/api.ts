import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandboxServer } from '../../src/aiven/sandbox/http-server.ts';
import { openSandbox } from '../../src/aiven/sandbox/sandbox.ts';
import type { Target } from './target.ts';

/** A write that reached the API. */
export interface ApiWrite {
  readonly method: string;
  readonly path: string;
  /** The identifier of the key that is registered. */
  readonly resource?: string;
}

/** Aiven's API: the sandbox on a loopback port, which records every write before it is carried out. */
export class Api implements Target {
  readonly name = 'api';
  readonly writes: ApiWrite[] = [];
  /** The API at work, but for its answers to writes: none reaches who asked. */
  readonly answers: Target = {
    name: 'answers of the api',
    kill: async () => this.#lose(true),
    freeze: async () => this.#lose(true),
    restore: async () => this.#lose(false),
  };
  readonly #sandbox = openSandbox({});
  #losesAnswers = false;
  #server: Server | undefined;
  #port = 0;
  /** Resolves when the API is not frozen. */
  #thawed: Promise<void> = Promise.resolve();
  #thaw: () => void = () => {};

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const { server } = await startSandboxServer((request) => this.#handle(request), this.#port);
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port; // A server on TCP has no other address.
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    this.#server = undefined;
  }

  async freeze(): Promise<void> {
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  async restore(): Promise<void> {
    this.#thaw();
    if (!this.#server) await this.start();
  }

  async #handle(request: Request): Promise<Response> {
    await this.#thawed;
    const { method, url } = request;
    if (method !== 'GET') {
      const path = new URL(url).pathname;
      const body: unknown = method === 'POST' ? await request.clone().json() : undefined;
      const resource = typeof body === 'object' && body !== null && 'resource' in body ? String(body.resource) : '';
      this.writes.push({ method, path, ...(resource && { resource }) });
    }
    const response = await this.#sandbox(request);
    if (this.#losesAnswers && request.method !== 'GET') throw new Error('The answer is lost.'); // The server closes the connection.
    return response;
  }

  #lose(losesAnswers: boolean): void {
    this.#losesAnswers = losesAnswers;
  }
}
