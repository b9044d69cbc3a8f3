/** A real Node-RED with the flows as they are started by the bench: a process of its own, told by its environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "./mosquitto.ts";
import { endChild } from "./processes.ts";
import { tempFolder } from "./temp.ts";

const root = resolve(import.meta.dirname, "../..");

export const pageUser = "offgas";
export const pagePassword = "a test's own: password";
/** Of the password above, made with few rounds. */
const passwordHash = "$2b$06$/TWg6kXwaOYoFSDms4ijru7zUVeNjb0eualp1vws1dOMgeexuHcje";
export const basic = (user = pageUser, password = pagePassword) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
export const commandKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

export interface NodeRed {
  readonly url: string;
  readonly userDir: string;
  pid(): number;
  /** Everything that it wrote. */
  said(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** On the same port, with the same folder. */
  start(): Promise<void>;
}

export const flowsEnv = (port: number, mqttPort: number, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  OFFGAS_PAGE_PORT: String(port),
  OFFGAS_PAGE_PASSWORD_HASH: passwordHash,
  OFFGAS_CREDENTIAL_SECRET: "a test's own",
  OFFGAS_MQTT_HOST: "127.0.0.1",
  OFFGAS_MQTT_PORT: String(mqttPort),
  OFFGAS_MQTT_PROTOCOL: "5",
  OFFGAS_SITE: "test-lab",
  OFFGAS_STATION: "bench",
  OFFGAS_COMMAND_KEY: commandKey,
  ...more,
});

export function spawnNodeRed(userDir: string, env: Readonly<Record<string, string>>): ChildProcess {
  const args = ["--max-old-space-size=256", join(root, "node_modules/node-red/red.js"), "-s", "flows/settings.cjs", "-u", userDir];
  return spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

export async function startNodeRed(t: Pick<TestContext, "after">, mqttPort: number, more: Readonly<Record<string, string>> = {}): Promise<NodeRed> {
  const userDir = tempFolder(t);
  const port = await freePort();
  const env = flowsEnv(port, mqttPort, more);
  let child: ChildProcess | undefined;
  let said = "";
  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const ending = child;
    child = undefined;
    await endChild(ending, signal);
  }
  async function start(): Promise<void> {
    const starting = spawnNodeRed(userDir, env);
    child = starting;
    for (const stream of [starting.stdout, starting.stderr]) {
      stream?.on("data", (bytes) => {
        said += bytes;
      });
    }
    const before = said.length;
    while (!/Started flows[\s\S]*now running|now running[\s\S]*Started flows/.test(said.slice(before))) {
      if (starting.exitCode !== null) throw new Error(`Node-RED ended: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  t.after(() => stop("SIGKILL"));
  await start();
  return { url: `http://127.0.0.1:${port}`, userDir, pid: () => child?.pid ?? 0, said: () => said, stop, start };
}

/** What the repository's flow files hold: Node-RED must leave them alone. */
export const flowFiles = (): string => ["flows.json", "flows_cred.json"].map((name) => readFileSync(join(root, "flows", name), "utf8")).join("\n");
