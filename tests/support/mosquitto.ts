/** A real mosquitto on a free loopback port, in a folder of its own, ended with the test. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Certificates } from "./certificates.ts";
import { endChild } from "./processes.ts";
import { tempFolder } from "./temp.ts";

export interface MosquittoOptions {
  readonly users?: Readonly<Record<string, string>>;
  /** Lines of an access list. */
  readonly acl?: readonly string[];
  readonly tls?: Certificates;
  /** More lines for its configuration. */
  readonly settings?: readonly string[];
}

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** As a power cut: nothing is saved, nobody is told. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  setPassword(user: string, password: string): void;
  /** It hangs: connections stay open, and nothing is read or answered until `resume`. */
  pause(): void;
  resume(): void;
  /** Reads passwords and access list again. */
  reload(): void;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export async function startMosquitto(t: Pick<TestContext, "after">, options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = tempFolder(t);
  const port = await freePort();
  const passwords = join(folder, "passwords");
  const setPassword = (user: string, password: string) => execFileSync("mosquitto_passwd", ["-b", passwords, user, password], { stdio: "pipe" });
  const lines = [`listener ${port} 127.0.0.1`, ...(process.getuid?.() === 0 ? ["user root"] : []), ...(options.settings ?? [])];
  if (options.users) {
    writeFileSync(passwords, "", { mode: 0o600 });
    for (const [user, password] of Object.entries(options.users)) setPassword(user, password);
    lines.push("allow_anonymous false", `password_file ${passwords}`);
  } else lines.push("allow_anonymous true");
  if (options.acl) {
    writeFileSync(join(folder, "acl"), `${options.acl.join("\n")}\n`, { mode: 0o600 });
    lines.push(`acl_file ${join(folder, "acl")}`);
  }
  if (options.tls) lines.push(`certfile ${options.tls.cert}`, `keyfile ${options.tls.key}`);
  const config = join(folder, "mosquitto.conf");
  writeFileSync(config, `${lines.join("\n")}\n`);

  let child: ChildProcess | undefined;
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    await endChild(ending, signal);
  }
  async function start(): Promise<void> {
    const starting = spawn("mosquitto", ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    child = starting;
    let said = "";
    starting.stderr?.on("data", (bytes) => {
      said += bytes;
    });
    while (!(await answers(port))) {
      if (starting.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  t.after(() => end("SIGKILL"));
  await start();
  return {
    port,
    url: `${options.tls ? "mqtts" : "mqtt"}://localhost:${port}`,
    folder,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    start,
    setPassword,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    reload: () => void child?.kill("SIGHUP"),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
