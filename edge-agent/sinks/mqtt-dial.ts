/** Opens a connection: secrets, socket, certificate, protocol version, CONNACK. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import type { MqttConfig } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import { type Connection, connectionOn } from "./mqtt-connection.ts";
import { addressOf, faultOfDisconnect, faultOfError, portOf, versionRefused } from "./mqtt-faults.ts";
import { readSecret } from "./secret.ts";

const connack_s = 10; // accepts the connection and never answers: not a broker, or one that hangs
const keepalive_s = 30;
const window_messages = 64; // QoS 1 in flight at once; a broker's Receive Maximum may lower it
const largest_Bytes = 128 * 1024; // what common brokers take at least; also the bound where a 3.1.1 broker states none

export interface Dial {
  readonly config: MqttConfig;
  readonly clientId: string;
  readonly will?: { readonly topic: string; readonly payload: string };
  readonly clock: Clock;
}

/** A connection as it stands after its CONNACK. */
export interface Dialled {
  readonly client: MqttClient;
  readonly socket: Socket;
  /** Aborted when it has ended; the reason is a Fault. */
  readonly over: AbortSignal;
  readonly end: (fault: Fault) => void;
  readonly limits: ReturnType<typeof limits>;
}

/**
 * Connects as v5, and as 3.1.1 at once where the broker has no v5. Each dial begins with v5 again, so that an upgraded broker is used
 * as soon as it is back. Rejects with a Fault only.
 */
export function dial(options: Dial, signal: AbortSignal): Promise<Connection> {
  const { config, clock } = options;
  return dialFor(options, signal, ({ client, socket, over, end, limits }) => connectionOn(client, socket, { config, clock, over, end, ...limits }));
}

/** As `dial`, for another use of the connection: `take` runs within the event of its CONNACK, before anything else comes. */
export async function dialFor<Taken>(options: Dial, signal: AbortSignal, take: (dialled: Dialled) => Taken): Promise<Taken> {
  const secrets = readSecrets(options.config);
  try {
    return await dialAs(5, options, secrets, signal, take);
  } catch (error) {
    if (!isFault(error) || !isVersion(error)) throw error;
    return await dialAs(4, options, secrets, signal, take);
  }
}
const isVersion = (fault: Fault) => versionRefused((fault.cause as { code?: unknown } | undefined)?.code);

interface Secrets {
  readonly password?: string;
  readonly ca?: string;
}

/** Read at each dial: a rotated password or authority works without a restart. */
const readSecrets = ({ password_file, ca_file }: MqttConfig): Secrets => ({
  ...(password_file !== undefined && { password: readSecret(password_file, "password_file") }),
  ...(ca_file !== undefined && { ca: readSecret(ca_file, "ca_file", "sink/certificate") }),
});

function openSocket(config: MqttConfig, { ca }: Secrets): Socket {
  const url = new URL(config.url);
  const address = { host: url.hostname.replace(/^\[|\]$/g, ""), port: portOf(url) };
  const socket = url.protocol === "mqtts:" ? connectTls({ ...address, ...(ca && { ca }) }) : connectTcp(address);
  // Without it a small publish waits for the ACK of the one before: 23 ms instead of 1 ms there and back.
  return socket.setNoDelay(true);
}

async function dialAs<Taken>(
  protocolVersion: 4 | 5,
  { config, clientId, will, clock }: Dial,
  secrets: Secrets,
  signal: AbortSignal,
  take: (dialled: Dialled) => Taken,
): Promise<Taken> {
  const over = new AbortController();
  const options: IClientOptions = {
    clientId,
    protocolVersion,
    clean: true,
    keepalive: keepalive_s,
    reschedulePings: false, // else a client that publishes never pings, and a dead link goes unnoticed
    reconnectPeriod: 0,
    connectTimeout: 2 * connack_s * 1000, // the injected clock's comes first
    queueQoSZero: false,
    resubscribe: false,
    timerVariant: "native",
    ...(protocolVersion === 5 && { properties: { maximumPacketSize: largest_Bytes } }), // what is read back is alarms, and a broker may hold anything
    ...(will !== undefined && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
    ...(config.user !== undefined && { username: config.user }),
    ...(secrets.password !== undefined && { password: secrets.password }),
  };
  let socket: Socket;
  try {
    socket = openSocket(config, secrets);
  } catch (error) {
    throw faultOfError(error as Error, config);
  }
  const client = new MqttClient(() => socket, options);
  const end = (fault: Fault) => {
    if (!over.signal.aborted) over.abort(fault);
    client.end(true);
    socket.destroy();
  };
  client.on("error", (error) => end(withCause(faultOfError(error, config), error)));
  client.on("disconnect", ({ reasonCode }) => end(faultOfDisconnect(reasonCode ?? 0, config)));
  client.on("close", () => end(new Fault("sink/unreachable", `${addressOf(config)} closed the connection: see the broker's log`)));
  const stop = () => end(new Fault("sink/unreachable", "the agent stops"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true, signal: over.signal });
  const answered = new AbortController();
  clock.sleep(connack_s, answered.signal).then(
    () => end(new Fault("sink/unreachable", `${addressOf(config)} takes connections but answers no CONNECT within ${connack_s} s: is it an MQTT broker?`)),
    () => undefined,
  );
  try {
    return await new Promise<Taken>((resolve, reject) => {
      const fail = () => reject(over.signal.reason);
      if (over.signal.aborted) return fail();
      over.signal.addEventListener("abort", fail, { once: true });
      client.once("connect", ({ properties }) => {
        delete client.options.password; // this client never dials again
        resolve(take({ client, socket, over: over.signal, end, limits: limits(properties) }));
      });
    });
  } finally {
    answered.abort();
    signal.removeEventListener("abort", stop); // closing lets a connection say goodbye
  }
}

const withCause = (fault: Fault, cause: Error & { code?: unknown }) => new Fault(fault.code, fault.message, { cause: { code: cause.code } });

const limits = (properties: { receiveMaximum?: number; maximumPacketSize?: number } | undefined) => ({
  inFlight: Math.min(window_messages, properties?.receiveMaximum ?? window_messages),
  largest_Bytes: Math.min(largest_Bytes, properties?.maximumPacketSize ?? largest_Bytes),
});
