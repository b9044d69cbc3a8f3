// needs: influxdb mosquitto chromium
/** `npm start` whole: real servers, a real browser, Ctrl-C, kill -9, and machines where something is missing or in the way. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { fourPorts, isFree, type RunningBench, startBench } from "../support/bench.ts";
import { openBrowser } from "../support/chromium.ts";
import { gone } from "../support/processes.ts";
import { startSmtp } from "../support/smtp.ts";
import { tempFolder } from "../support/temp.ts";

const ready = /user offgas, (?:password (\S+) \(shown this once\)|with the password of the first start)/;

/** A bench in a folder and on ports of its own. */
async function place(t: TestContext) {
  const data = join(tempFolder(t), "data");
  const port = await fourPorts();
  const start = (more: readonly string[] = [], options: Parameters<typeof startBench>[2] = {}): RunningBench =>
    startBench(t, ["--data", data, "--port", String(port), "--speed", "20", ...more], options);
  return { data, port, start };
}

async function nothingLeft(pids: readonly number[], port: number): Promise<void> {
  await gone(pids);
  for (const each of [port, port + 1, port + 2]) {
    for (let tries = 0; tries < 100 && !(await isFree(each)); tries++) await wait(100); // what was starting when it was killed goes a moment later
    assert.ok(await isFree(each), `port ${each} is free again`);
  }
}

/** Rows of an InfluxQL query, with the administrator's password of the bench. */
async function query(data: string, port: number, q: string): Promise<Record<string, string>[]> {
  const { influxdb } = JSON.parse(readFileSync(join(data, "secrets.json"), "utf8")) as { influxdb: { admin: string } };
  const answer = await fetch(`http://127.0.0.1:${port + 2}/query`, {
    method: "POST",
    body: new URLSearchParams({ db: "offgas", q, epoch: "ns" }),
    headers: { accept: "application/csv", authorization: `Basic ${Buffer.from(`admin:${influxdb.admin}`).toString("base64")}` },
  });
  return parse(await answer.text(), { columns: true });
}

test("a trip is on the page, in the mail and at the webhook; nobody gets in without the password", async (t) => {
  const { port, start } = await place(t);
  const smtp = await startSmtp(t);
  const posts: { readonly id?: string }[] = [];
  const hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      posts.push(JSON.parse(body));
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(hook, "listening");
  t.after(() => hook.close());
  const bench = start(["--from", "1660", "--until", "5000"], {
    env: {
      OFFGAS_MAIL_HOST: "127.0.0.1",
      OFFGAS_MAIL_PORT: String(smtp.port),
      OFFGAS_MAIL_FROM: "chamber@example.org",
      OFFGAS_MAIL_TO: "engineer@example.org",
      OFFGAS_WEBHOOK_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
    },
  });
  const [, password = ""] = await bench.says(ready);
  const url = `http://127.0.0.1:${port}/`;

  for (const path of ["", "dashboard/", "dashboard/socket.io/?EIO=4&transport=polling", "admin/flows", "admin/settings"]) {
    const { status } = await fetch(`${url}${path}`, { redirect: "follow" });
    assert.equal(status, 401, `/${path} asks for the password`);
  }

  const { page, problems } = await openBrowser(t, { url, credentials: { username: "offgas", password } });
  await page
    .getByText(/C5.*thermal runaway/)
    .first()
    .waitFor({ timeout: 60_000 });
  await bench.says(/trip +runaway:C5/);
  for (let tries = 0; !(smtp.letters.length > 0 && posts.some(({ id }) => id === "runaway:C5")); tries++) {
    assert.ok(tries < 300, `${smtp.letters.length} letters, ${posts.length} posts`);
    await wait(100);
  }
  assert.match(smtp.letters.map(({ subject }) => subject).join("\n"), /C5/);
  assert.deepEqual(problems, []);
});

test("Ctrl-C stops every process, the next start goes on with the same data, and kill -9 of any of its processes leaves nothing behind", async (t) => {
  const { data, port, start } = await place(t);
  const first = start();
  const [, password] = await first.says(ready);
  assert.ok(password);
  await first.says(/gas-rise:box raised/);
  const pids = first.processes();
  first.interrupt();
  await first.ended; // npm itself ends by the signal, whatever its script says
  assert.match(first.output(), /npm start: stopping; the next start goes on with the same data/);
  await nothingLeft(pids, port);

  const second = start();
  const [, again] = await second.says(ready);
  assert.equal(again, undefined, "the password is not told again");
  await second.says(/gas-rise:box raised/);
  const starts = await query(data, port, "SELECT text FROM event WHERE kind = 'agent-start'");
  assert.match(starts.map(({ text }) => text).join("\n"), /boot 1.*boot 2/s, "what the first start stored is still there");
  const [rows] = await query(data, port, `SELECT count("temperature_degC") FROM sample WHERE channel = 'C5.surface'`);
  assert.ok(Number(rows?.count) > 2 * 180, `samples of both: ${rows?.count}`);

  for (const victim of ["bench", "npm"] as const) {
    const running = victim === "bench" ? second : start();
    await running.says(ready);
    const all = running.processes();
    // the bench itself is the one whose servers are its children
    const pid = victim === "npm" ? running.child.pid : all.find((each) => /deploy\/bench\/main\.ts/.test(commandOf(each)));
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    await nothingLeft(all, port);
  }
  const last = start();
  await last.says(ready);
  const left = last.processes();
  last.interrupt();
  await nothingLeft(left, port);
});

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
};

/** A mount namespace in which nobody can run these files. */
const without = (...files: readonly string[]) => [
  "unshare",
  "--mount",
  "sh",
  "-c",
  `${files.map((file) => `mount --bind /dev/null ${file}`).join(" && ")} && exec "$@"`,
  "sh",
];

test("without mosquitto and InfluxDB it says what is missing, plays with an embedded broker, and delivers once InfluxDB is there", async (t) => {
  const { data, port, start } = await place(t);
  const poor = start([], { under: without("/usr/sbin/mosquitto", "/usr/bin/influxd") });
  const [, password = ""] = await poor.says(ready);
  assert.match(poor.output(), /InfluxDB +not installed, samples wait in the spool: sudo apt-get install influxdb, then npm start again/);
  assert.match(poor.output(), /broker +up: embedded aedes/);
  const { page, problems } = await openBrowser(t, { url: `http://127.0.0.1:${port}/`, credentials: { username: "offgas", password } });
  await page.getByText("C5", { exact: true }).first().waitFor();
  await poor.says(/gas-rise:box raised/);
  assert.deepEqual(problems, []);
  poor.interrupt();
  await poor.ended;

  const rich = start();
  await rich.says(ready);
  for (let tries = 0; ; tries++) {
    const starts = await query(data, port, "SELECT text FROM event WHERE kind = 'agent-start'");
    if (/boot 1/.test(starts.map(({ text }) => text).join("\n"))) break;
    assert.ok(tries < 300, "what waited in the spool arrives");
    await wait(100);
  }
});

test("a second bench on the same folder, a foreign, a read-only and a full one: one line each", async (t) => {
  const { start } = await place(t);
  const folder = tempFolder(t);
  chmodSync(folder, 0o755); // another user looks into it
  mkdirSync(join(folder, "foreign"), { mode: 0o755 });
  const refused = async (bench: RunningBench, says: RegExp) => {
    await bench.says(says);
    assert.equal(await bench.ended, 1);
    assert.equal(bench.output().match(/^npm start: /gm)?.length, 1, bench.output());
  };
  const there = ["--data", join(folder, "foreign", "data")];
  const small = (options: string) => ["unshare", "--mount", "sh", "-c", `mount -t tmpfs -o ${options} tmpfs '${folder}/foreign' && exec "$@"`, "sh"];
  await refused(start(there, { under: small("ro") }), /it is on a read-only file system: name another folder/);
  await refused(start(there, { under: small("size=50m") }), /\d+ MB are free for .* and 500 MB are needed: make room/);
  const first = start();
  await first.says(ready);
  await refused(start(["--port", String(await fourPorts())]), /another bench uses .*: stop it with Ctrl-C, or name another folder/);
});

test("a server that dies is started again and said; an agent that dies is not armed again by the bench", async (t) => {
  const { start } = await place(t);
  const bench = start();
  await bench.says(ready);
  const kill = (pattern: RegExp) => {
    const pid = bench.processes().find((each) => pattern.test(commandOf(each)));
    assert.ok(pid, String(pattern));
    process.kill(pid, "SIGKILL");
  };
  kill(/influxd -config/);
  await bench.says(/influxdb ended \(killed\) and is started again/);
  kill(/mosquitto -c/);
  await bench.says(/broker ended \(killed\) and is started again/);
  kill(/offgas\.mjs run/);
  await bench.says(/agent ended \(killed\) and is started again; outputs stay open until somebody arms/);
  await bench.says(/runaway:C5 raised/);
  assert.equal(bench.output().match(/armed by bench:/g)?.length, 1, "armed once, by the start");
});
