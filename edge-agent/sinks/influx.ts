/**
 * InfluxDB 1.x (`/write`), 2.x and 3 Core (`/api/v2/write`) through the official client, as transport only: no retries, no buffer, one request
 * per write, awaited. Waiting and keeping are the drain's and the spool's.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { HttpError, InfluxDB, type Transport } from "@influxdata/influxdb-client";
import type { InfluxConfig, Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Entry } from "../core/entry.ts";
import { isFault } from "../core/faults.ts";
import { type Target, verdictOf, verdictOfFailure } from "./influx-answer.ts";
import { type LineEncoder, lineEncoder } from "./line-protocol.ts";
import { readSecret } from "./secret.ts";
import type { Sink, Verdict } from "./sink.ts";

/** From the first byte sent to the last one answered, so that a server that trickles cannot hold a batch. */
const deadline_s = 10;
/** Compression costs more than it saves on the same machine; elsewhere the client compresses what is longer than this. */
const gzipAbove_Bytes = 1000;

/** The address without user and password. */
function plainUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/$/, "")}`;
}

export function targetOf(config: InfluxConfig): Target {
  const v1 = config.flavour === "v1";
  return {
    url: plainUrl(config.url),
    database: (v1 ? (config.database ?? config.bucket) : (config.bucket ?? config.database)) ?? "offgas",
    place: v1 ? "database" : "bucket",
    user: config.user,
    secretKey: config.token_file === undefined ? "password_file" : "token_file",
  };
}

/** The write address. The precision of 1.x must be `ns`; `us` would be taken for nanoseconds there. */
export function writePath(config: InfluxConfig): string {
  const { database } = targetOf(config);
  const query = new URLSearchParams(
    config.flavour === "v1"
      ? { db: database, ...(config.retention_policy === undefined ? undefined : { rp: config.retention_policy }), precision: "ns" }
      : { org: config.org ?? "", bucket: database, precision: "ns" },
  );
  return `${config.flavour === "v1" ? "/write" : "/api/v2/write"}?${query}`;
}

function authorisation(config: InfluxConfig): string | undefined {
  if (config.token_file !== undefined) return `Token ${readSecret(config.token_file, "token_file")}`;
  if (config.user === undefined) return undefined;
  const password = config.password_file === undefined ? "" : readSecret(config.password_file, "password_file");
  return `Basic ${Buffer.from(`${config.user}:${password}`).toString("base64")}`;
}

const isLoopback = (url: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);

export function openInfluxSink(config: InfluxConfig, station: Pick<Station, "site" | "station" | "cells" | "channels">, clock: Clock): Sink {
  return new InfluxSink(config, lineEncoder(station), clock);
}

class InfluxSink implements Sink {
  readonly name: string;
  readonly durable = ["record", "state", "sample"] as const;
  readonly #config: InfluxConfig;
  readonly #encode: LineEncoder;
  readonly #clock: Clock;
  readonly #target: Target;
  #agent: HttpAgent | undefined;
  #authorisation: string | undefined;
  #closed = false;

  constructor(config: InfluxConfig, encode: LineEncoder, clock: Clock) {
    this.#config = config;
    this.#encode = encode;
    this.#clock = clock;
    this.#target = targetOf(config);
    this.name = `influxdb ${this.#target.url}/${this.#target.database}`;
  }

  async write(entries: readonly Entry[], signal: AbortSignal): Promise<Verdict> {
    const lines: string[] = [];
    for (const entry of entries) lines.push(this.#encode(entry));
    if (this.#closed || signal.aborted) return { kind: "later", code: "sink/unreachable", why: `${this.name} is closed` };
    try {
      this.#connect();
    } catch (error) {
      if (!isFault(error)) throw error;
      return { kind: "later", code: error.code, why: `${this.name}: ${error.message}` };
    }
    const verdict = await this.#send(lines.join("\n"), signal);
    // A password may have been changed meanwhile: the next try reads the file again.
    if (verdict.kind === "later" && (verdict.code === "sink/unauthorised" || verdict.code === "sink/certificate")) this.#disconnect();
    return verdict;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#disconnect();
  }

  #connect(): void {
    if (this.#agent !== undefined) return;
    const { url, ca_file } = this.#config;
    this.#authorisation = authorisation(this.#config);
    if (url.startsWith("https:")) {
      const ca = ca_file === undefined ? undefined : readSecret(ca_file, "ca_file", "sink/certificate");
      this.#agent = new HttpsAgent({ keepAlive: true, maxSockets: 1, ...(ca === undefined ? undefined : { ca }) });
    } else this.#agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
  }

  #disconnect(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  async #send(body: string, signal: AbortSignal): Promise<Verdict> {
    const ended = new AbortController();
    const stop = () => ended.abort();
    signal.addEventListener("abort", stop, { once: true });
    const timer = new AbortController(); // apart from `ended`: aborting that would cut a connection that is kept for the next batch
    this.#clock.sleep(deadline_s, timer.signal).then(stop, () => {});
    try {
      const status = await this.#request(body, ended.signal);
      return verdictOf({ status, body: "" }, this.#target);
    } catch (error) {
      if (error instanceof HttpError)
        return verdictOf({ status: error.statusCode, body: error.body ?? "", retryAfter: header(error, "retry-after") }, this.#target);
      if (ended.signal.aborted) return verdictOfFailure(new Error(signal.aborted ? "stopped" : `no answer within ${deadline_s} s`), this.#target);
      return verdictOfFailure(error, this.#target);
    } finally {
      signal.removeEventListener("abort", stop);
      timer.abort();
    }
  }

  /** The whole body is one record of the client's, which then neither splits nor counts it. Resolves with the status of success. */
  async #request(body: string, signal: AbortSignal): Promise<number> {
    const { url } = this.#config;
    const influx = new InfluxDB({
      url: plainUrl(url),
      timeout: deadline_s * 1000,
      ...(this.#authorisation === undefined ? undefined : { headers: { authorization: this.#authorisation } }),
      transportOptions: { agent: this.#agent, signal },
    });
    let status = 0;
    const transport = statusOf(influx.transport, (answered) => {
      status = answered;
    });
    const writeApi = new InfluxDB({ url: plainUrl(url), transport }).getWriteApi("", "", "ns", {
      batchSize: 2,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: isLoopback(url) ? Number.POSITIVE_INFINITY : gzipAbove_Bytes,
      // The client logs every failure to the console unless told that somebody hears it.
      writeFailed: (error) => Promise.reject(error),
    });
    writeApi.path = writePath(this.#config);
    writeApi.writeRecord(body);
    await writeApi.flush();
    return status;
  }
}

/** The client counts 201 as success; InfluxDB 3 says with it that lines were left out, so the status is looked at. */
function statusOf(transport: Transport, answered: (status: number) => void): Transport {
  return {
    chunkCombiner: transport.chunkCombiner,
    request: transport.request.bind(transport),
    iterate: transport.iterate.bind(transport),
    send(path, body, options, callbacks) {
      transport.send(path, body, options, {
        ...callbacks,
        responseStarted(headers, status) {
          answered(status ?? 0);
          callbacks?.responseStarted?.(headers, status);
        },
      });
    },
  };
}

function header(error: HttpError, name: string): string | undefined {
  const value = error.headers?.[name];
  return typeof value === "string" ? value : undefined;
}
