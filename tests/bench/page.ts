/** What the operator's page costs Node-RED: 16 cells and ten more channels at 1 Hz, one browser open on it. */
import { existsSync } from "node:fs";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { chromiumPath, openBrowser } from "../support/chromium.ts";
import { estimateEntry } from "../support/entries.ts";
import { pagePassword, pageUser, startNodeRed } from "../support/node-red.ts";
import { cellsAndGas } from "../support/pages.ts";
import { pretendAgent } from "../support/pretend-agent.ts";
import { maybeMosquitto } from "./installed.ts";
import type { Bench } from "./part.ts";
import { processTree } from "./processes.ts";
import type { Figure } from "./table.ts";

const CPU_BAR_pct = 20;
const SETTLE_s = 10;
const SPAN_s = 30;
const name = "CPU of Node-RED, 16 cells on one open page";

export async function page({ room, progress }: Bench): Promise<Figure[]> {
  const mosquitto = await maybeMosquitto(room);
  if (mosquitto === undefined || !existsSync(chromiumPath)) return [{ name, missing: "needs mosquitto and chromium" }];
  const station = cellsAndGas(16);
  const nodeRed = await startNodeRed(room, mosquitto.port);
  const agent = await pretendAgent(room, mosquitto.url, station);
  await agent.birth();
  await openBrowser(room, { url: `${nodeRed.url}/`, credentials: { username: pageUser, password: pagePassword } });
  let second = 0;
  const timer = setInterval(() => {
    second++;
    void agent.measure(Object.fromEntries(station.channels.map(({ id }, index) => [id, 25 + index + Math.sin(second / 9 + index)])));
    if (second % 10 === 0) for (const { id } of station.cells) void agent.say(estimateEntry({ cell: id }));
  }, 1000);
  room.after(() => clearInterval(timer));
  await systemClock.sleep(SETTLE_s);
  const cpu_s = () => processTree(nodeRed.pid())[0]?.cpu_s ?? Number.NaN;
  const [from_s, before_s] = [systemClock.monotonic_s(), cpu_s()];
  for (let left_s = SPAN_s; left_s > 0; left_s--) {
    progress(`page: ${left_s} s to go`);
    await systemClock.sleep(1);
  }
  const share = (100 * (cpu_s() - before_s)) / (systemClock.monotonic_s() - from_s);
  const memory = processTree(nodeRed.pid())[0]?.pss_MiB ?? Number.NaN;
  return [
    { name, values: { share }, unit: "% of a core", bar: { of: "share", most: CPU_BAR_pct }, n: `${station.channels.length} channels, ${SPAN_s} s` },
    { name: "  its memory", values: { all: memory }, unit: "MiB PSS" },
  ];
}
