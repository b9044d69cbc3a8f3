/** A real victoria-metrics on a free loopback port: a server that takes InfluxDB's 2.x write path. Ended with the test. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "./mosquitto.ts";
import { tempFolder } from "./temp.ts";

export interface Exported {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Milliseconds since 1970: it keeps no finer stamps. */
  readonly timestamps: readonly number[];
}

export interface Victoria {
  readonly url: string;
  /** Every series that it holds. */
  exported(): Promise<Exported[]>;
}

export async function startVictoria(t: Pick<TestContext, "after">): Promise<Victoria> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    "victoria-metrics",
    ["-storageDataPath", join(tempFolder(t), "data"), "-httpListenAddr", `127.0.0.1:${port}`, "-memory.allowedPercent", "5"],
    {
      stdio: "ignore",
    },
  );
  t.after(async () => {
    if (child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  });
  while (!(await fetch(`${url}/health`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`victoria-metrics ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url,
    async exported() {
      await fetch(`${url}/internal/force_flush`);
      const text = await (await fetch(`${url}/api/v1/export?${new URLSearchParams({ "match[]": '{__name__=~".+"}' })}`)).text();
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Exported);
    },
  };
}
