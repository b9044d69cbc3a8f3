/**
 * Connections to Modbus devices through the package `modbus-serial`, loaded here and nowhere else, in a process of its own. It frames requests and
 * checks answers: transaction, CRC, unit, function and length. What it leaves to others is done here, as tried with 8.0.25: it does not tell a
 * request that the connection was lost, and its serial port keeps what came behind an answer, and gives it to the next request.
 */
import { createRequire } from "node:module";
import { connect } from "node:net";
import type { ModbusRTU } from "modbus-serial/ModbusRTU.js";
import { Fault } from "../core/faults.ts";
import { checkDevice } from "./device.ts";
import type { ModbusSettings } from "./wire.ts";

export interface Connection {
  readonly client: ModbusRTU;
  /** Aborted when the connection is lost, with a line that says why. */
  readonly lost: AbortSignal;
  /** Called when an answer was missing or wrong: what may still be under way must reach no other request. */
  spoil(): void;
}

/** Rejects with Fault `bus/no-reply` or `bus/unavailable`, and with the signal's reason. */
export type Dial = (signal: AbortSignal) => Promise<Connection>;

type Line = ModbusSettings["line"];
type Tcp = Extract<Line, { kind: "tcp" }>;
type Rtu = Extract<Line, { kind: "rtu" }>;

export const dialling = (line: Line): Dial => (line.kind === "tcp" ? (signal) => dialTcp(line, signal) : (signal) => dialRtu(line, signal));

const require = createRequire(import.meta.url);

/** A connection whose answers went wrong is closed: the next request opens another, and a late answer meets nobody. */
async function dialTcp({ host, port }: Tcp, signal: AbortSignal): Promise<Connection> {
  const Client = require("modbus-serial") as typeof ModbusRTU;
  const lost = new AbortController();
  const socket = connect({ host, port, noDelay: true });
  socket.on("error", (error: NodeJS.ErrnoException) => lost.abort(`${host}:${port}: ${error.code ?? error.message}`));
  socket.on("close", () => lost.abort(`${host}:${port} closed the connection`));
  const giveUp = () => socket.destroy();
  signal.addEventListener("abort", giveUp);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      lost.signal.addEventListener("abort", () => reject(signal.aborted ? signal.reason : unreachable(String(lost.signal.reason))));
    });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  const client = new Client();
  client.on("error", () => {}); // told by the socket
  await client.linkTCP(socket, {} as Parameters<ModbusRTU["linkTCP"]>[1]);
  const spoil = () => {
    lost.abort(`${host}:${port}: the connection was given up`);
    socket.destroy();
  };
  return { client, lost: lost.signal, spoil };
}

const unreachable = (why: string) => new Fault("bus/no-reply", `cannot be reached (${why}): check host and port, the network, and that the device is on`);

/** The part of the package's serial port that is used here. */
interface SerialPort {
  _buffer: Buffer;
  on(event: "error", listener: () => void): void;
  write(data: Buffer): void;
}

/** The port stays open; what it received before a request is never taken for its answer. */
async function dialRtu({ path, baud, parity, stop_bits }: Rtu, signal: AbortSignal): Promise<Connection> {
  checkDevice(path, "dialout", "plug the adapter in, or name another path");
  const Client = require("modbus-serial") as typeof ModbusRTU;
  const port = new (serialPort())(path, { baudRate: baud, dataBits: 8, parity, stopBits: stop_bits });
  const client = new Client(port);
  const lost = new AbortController();
  const lose = (why: string) => {
    if (lost.signal.aborted) return;
    lost.abort(why);
    client.close(() => {}); // a port whose other end is gone reads nothing, over and over
  };
  port.on("error", () => {}); // told by the client for as long as it listens
  client.on("error", (error) => lose(`${path}: ${(error as Error).message}`));
  client.on("close", () => lose(`${path} was closed, as when an adapter is pulled out`));
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    client.open((error?: Error | null) => {
      if (signal.aborted && !error) client.close(() => {});
      else if (error) reject(new Fault("bus/unavailable", `${path} cannot be opened: ${error.message}`));
      else resolve();
    });
  });
  return { client, lost: lost.signal, spoil() {} };
}

function serialPort() {
  try {
    const Port = require("modbus-serial/ports/rtubufferedport") as new (path: string, options: object) => SerialPort;
    return class extends Port {
      override write(data: Buffer): void {
        this._buffer = Buffer.alloc(0);
        super.write(data);
      }
    };
  } catch (error) {
    throw new Fault("bus/unavailable", "the package serialport is not installed or does not load: install again", { cause: error });
  }
}
