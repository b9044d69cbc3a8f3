/** Modbus TCP servers on free loopback ports: a healthy one, and one that answers as a test says, byte by byte. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { ServerTCP } from "modbus-serial";

type After = Pick<TestContext, "after">;

/** A free port that nobody has taken until now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Of a unit: what stands in a holding register now; undefined where there is none. Everything else of a unit is absent. */
export type Registers = (unit: number, register: number) => number | undefined;

export interface HealthyServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The package's own server. A register that is not there is refused with exception 2. */
export async function serveModbus(t: After, registers: Registers, port?: number): Promise<HealthyServer> {
  const chosen = port ?? (await freePort());
  const holding = (register: number, unit: number): number => {
    const value = registers(unit, register);
    if (value === undefined) throw Object.assign(new Error("no such register"), { modbusErrorCode: 2 });
    return value;
  };
  const server = new ServerTCP({ getHoldingRegister: holding }, { host: "127.0.0.1", port: chosen });
  server.on("socketError", () => {}); // a client that goes away in the middle is the test's own doing
  await once(server, "initialized");
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    for (const socket of server.socks.keys()) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  t.after(stop);
  return { port: chosen, stop };
}

/** One request as it came, and what can be done about it. */
export interface Asked {
  readonly transaction: number;
  readonly unit: number;
  readonly code: number;
  readonly start: number;
  readonly count: number;
  readonly socket: Socket;
  /** How many came before on any connection. */
  readonly before: number;
  /** Sends an answer framed as it must be, to this request or under another transaction or unit. */
  reply(pdu: readonly number[], under?: { readonly transaction?: number; readonly unit?: number }): void;
}

/** Answers nothing by itself. Returns the port and how many connections there were. */
export async function hostileServer(t: After, answer: (asked: Asked) => void): Promise<{ readonly port: number; connections(): number }> {
  const sockets = new Set<Socket>();
  let [requests, connections] = [0, 0];
  const server = createServer((socket) => {
    sockets.add(socket);
    connections++;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      for (let at = 0; at + 12 <= bytes.length; at += 12) {
        const transaction = bytes.readUInt16BE(at);
        const unit = bytes.readUInt8(at + 6);
        const reply: Asked["reply"] = (pdu, under = {}) => {
          const head = Buffer.alloc(7);
          head.writeUInt16BE(under.transaction ?? transaction, 0);
          head.writeUInt16BE(pdu.length + 1, 4);
          head.writeUInt8(under.unit ?? unit, 6);
          socket.write(Buffer.concat([head, Buffer.from(pdu)]));
        };
        const asked = { transaction, unit, code: bytes.readUInt8(at + 7), start: bytes.readUInt16BE(at + 8), count: bytes.readUInt16BE(at + 10) };
        answer({ ...asked, socket, before: requests++, reply });
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
