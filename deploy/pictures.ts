/**
 * `npm run pictures`: takes the README's pictures of the page, from a bench of its own. Needs Debian's chromium, fonts-dejavu-core,
 * mosquitto and influxdb.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "playwright-core";

const pictures = resolve(import.meta.dirname, "../flows/pictures");
const root = resolve(import.meta.dirname, "..");
const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
/** Recorded seconds per second: slow enough that a picture shows what the line above it said. */
const SPEED = 4;

/** What the bench says when a picture is due, and how many seconds later the curves show it. */
const moments = [
  { name: "normal", size: desktop, when: /shown this once/, later_s: 12 },
  { name: "gas", size: desktop, when: /gas-rise:box raised/, later_s: 6 },
  { name: "runaway", size: desktop, when: /runaway:C2 raised/, later_s: 3 },
  { name: "phone", size: phone, when: /runaway:C2 raised/, later_s: 4 },
] as const;

const folder = mkdtempSync(join(tmpdir(), "offgas-pictures-"));
const args = ["--data", join(folder, "data"), "--port", "19400", "--from", "1600", "--speed", String(SPEED)];
const bench = spawn(process.execPath, [join(root, "deploy/start.mjs"), ...args], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
let said = "";
bench.stdout.setEncoding("utf8").on("data", (text: string) => {
  said += text;
  process.stdout.write(text);
});
async function hears(pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(said);
    if (found) return found;
    if (bench.exitCode !== null) throw new Error("the bench ended");
    await wait(50);
  }
}

try {
  const [, password = ""] = await hears(/password (\S+) \(shown this once/);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
  mkdirSync(pictures, { recursive: true });
  const page = await browser.newPage({ httpCredentials: { username: "offgas", password }, viewport: desktop });
  await page.goto("http://127.0.0.1:19400/");
  for (const { name, size, when, later_s } of moments) {
    await hears(when);
    await page.setViewportSize(size);
    await wait(later_s * 1000);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    process.stdout.write(`flows/pictures/${name}.png\n`);
  }
  await browser.close();
} finally {
  bench.kill("SIGTERM");
  if (bench.exitCode === null) await once(bench, "exit");
  rmSync(folder, { recursive: true });
}
