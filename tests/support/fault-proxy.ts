/** A real HTTP proxy in front of a real server, that answers for it, cuts it off or says nothing, as a test wants. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

export type Mode =
  | { readonly kind: "pass" }
  /** Answers itself; `forward`: after the server behind has had the request, as a partial write does. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly forward?: boolean;
    }
  /** Sends the head of an answer and never its end. */
  | { readonly kind: "hang-after-headers" }
  /** Takes the connection and reads nothing, as behind a link that went down without a word. */
  | { readonly kind: "half-open" }
  | { readonly kind: "reset" };

export interface FaultProxy {
  readonly url: string;
  /** From the next request on. Connections that hang are cut. */
  set(mode: Mode): void;
  /** Requests, or connections that get none through, since the mode was set. */
  readonly requests: number;
  /** Resolves at the next request, before it is answered. */
  nextRequest(): Promise<void>;
}

export async function startFaultProxy(
  t: Pick<TestContext, "after">,
  behind: string,
  tls?: { readonly key: Buffer; readonly cert: Buffer },
): Promise<FaultProxy> {
  let mode: Mode = { kind: "pass" };
  let requests = 0;
  let awaited = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const hanging = new Set<Socket>();

  const forward = async (incoming: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> => {
    const outgoing = request(new URL(incoming.url ?? "/", behind), { method: incoming.method ?? "GET", headers: incoming.headers });
    outgoing.end(body);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(await answer.toArray()) };
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const now = mode;
    requests++;
    awaited.resolve();
    awaited = Promise.withResolvers();
    const body = Buffer.concat(await incoming.toArray());
    if (now.kind === "pass") {
      const answer = await forward(incoming, body);
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (now.kind === "answer") {
      if (now.forward) await forward(incoming, body);
      outgoing.writeHead(now.status, { "content-type": "application/json", ...now.headers }).end(now.body ?? "");
    } else if (now.kind === "hang-after-headers") {
      hanging.add(incoming.socket);
      outgoing.writeHead(200, { "content-length": "1" }).flushHeaders(); // a 204 has no body and would be whole
    } else incoming.socket.destroy();
  };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy()); // the server behind is down
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (mode.kind !== "half-open" && mode.kind !== "reset") return;
    requests++;
    awaited.resolve();
    awaited = Promise.withResolvers();
    if (mode.kind === "reset") {
      socket.resetAndDestroy();
      return;
    }
    hanging.add(socket);
    socket.pause();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    set(next) {
      // A connection kept alive would carry the next request past a half-open door.
      for (const socket of next.kind === "half-open" || next.kind === "reset" ? sockets : hanging) socket.destroy();
      hanging.clear();
      mode = next;
      requests = 0;
    },
    get requests() {
      return requests;
    },
    nextRequest: () => awaited.promise,
  };
}
