/**
 * What a running agent costs: memory by process and share of a core, with 64 channels of simulated chips, which give what such
 * chips can (about one sample a second each), with 64 channels of faster ones at 10 Hz, which is the load that the bar names, and with a recording of
 * that load.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Influxd } from "../support/influxd.ts";
import { maybeInfluxd, maybeMosquitto } from "./installed.ts";
import { running } from "./offgas.ts";
import type { Bench } from "./part.ts";
import { type ProcessCost, processTree } from "./processes.ts";
import { writeRecording } from "./recording.ts";
import { channelCount, rate_Hz } from "./spool.ts";
import { busCount, type Servers, writeChipStation, writeFastStation, writeRecordedStation } from "./stations.ts";
import { type Figure, spread } from "./table.ts";

const [PSS_BAR_MiB, CPU_BAR_pct] = [220, 10];
const SETTLE_s = 5;
const SPAN_s = 20;
/** Enough to be read and compiled once; the next start finds the code in the cache, as every start on a real station but the first. */
const WARM_UP_s = 3;

const kinds: readonly (readonly [kind: string, command: RegExp])[] = [
  ["bus processes", /sensors\/child\.ts/],
  ["player", /recording\/player\.ts/],
  ["deciding process with store thread", /offgas\.mjs run/],
];

export async function footprint(bench: Bench): Promise<Figure[]> {
  const { room, progress } = bench;
  const [influxd, mosquitto] = [await maybeInfluxd(room), await maybeMosquitto(room)];
  const servers: Servers = { influxUrl: influxd?.url, mqttUrl: mosquitto?.url };
  const absent = [influxd ? [] : ["InfluxDB"], mosquitto ? [] : ["MQTT"]].flat();
  const note = absent.length === 0 ? undefined : `without ${absent.join(" and ")}: not installed`;

  const chips = mkdtempSync(join(tmpdir(), "chips-"));
  const chipArgs = ["--simulated", "--config", writeChipStation(chips, servers)];
  const simulated = await costOf("simulated chips", chipArgs, bench);
  const jitter = influxd === undefined ? ({ name: "  jitter of sampling", missing: "needs influxd" } as const) : await jitterOf(influxd);

  const fast = mkdtempSync(join(tmpdir(), "fast-"));
  const sampled = await costOf("simulated chips at 10 Hz", ["--simulated", "--config", writeFastStation(fast, servers)], bench);

  const recorded = mkdtempSync(join(tmpdir(), "recorded-"));
  const recordedArgs = ["--config", writeRecordedStation(recorded, servers)];
  progress("writing a recording of 64 channels");
  await writeRecording(join(recorded, "run.csv"), (SETTLE_s + SPAN_s + 20) * rate_Hz);
  const played = await costOf("recording at 10 Hz", recordedArgs, bench);

  return [
    ...figuresOf(`${channelCount} channels of simulated chips, ${busCount} buses`, simulated, note),
    jitter,
    ...figuresOf(`${channelCount} channels × ${rate_Hz} Hz of simulated chips, ${busCount} buses`, sampled, note),
    ...figuresOf(`${channelCount} channels × ${rate_Hz} Hz, recording`, played, note),
  ];
}

interface Cost {
  readonly processes: readonly ProcessCost[];
  readonly cpu_pct: number;
}

async function costOf(what: string, args: readonly string[], { room, progress }: Bench): Promise<Cost> {
  const cache = join(tmpdir(), "compiled");
  progress(`${what}: first start`);
  const first = running(room, args, cache);
  await first.event("agent-start");
  await systemClock.sleep(WARM_UP_s);
  await first.stop();
  const agent = running(room, args, cache);
  await agent.event("agent-start");
  await systemClock.sleep(SETTLE_s);
  const pid = agent.child.pid ?? 0;
  const cpu_s = () => processTree(pid).reduce((sum, process) => sum + process.cpu_s, 0);
  const [from_s, before_s] = [systemClock.monotonic_s(), cpu_s()];
  for (let left_s = SPAN_s; left_s > 0; left_s--) {
    progress(`${what}: ${left_s} s to go`);
    await systemClock.sleep(1);
  }
  const cpu_pct = (100 * (cpu_s() - before_s)) / (systemClock.monotonic_s() - from_s);
  const processes = processTree(pid);
  await agent.stop();
  return { processes, cpu_pct };
}

function figuresOf(name: string, { processes, cpu_pct }: Cost, note: string | undefined): Figure[] {
  const total = processes.reduce((sum, { pss_MiB }) => sum + pss_MiB, 0);
  const n = `${processes.length} processes`;
  const byKind = kinds.flatMap(([kind, command]): Figure[] => {
    const own = processes.filter((process) => command.test(process.command));
    if (own.length === 0) return [];
    const each = own.length > 1 ? { each: own.reduce((sum, { pss_MiB }) => sum + pss_MiB, 0) / own.length } : {};
    return [{ name: `  ${kind}`, values: { all: own.reduce((sum, { pss_MiB }) => sum + pss_MiB, 0), ...each }, unit: "MiB PSS", n: `${own.length}` }];
  });
  return [
    { name: `memory, ${name}`, values: { all: total }, unit: "MiB PSS", bar: { of: "all", most: PSS_BAR_MiB }, n, ...(note && { note }) },
    ...byKind,
    { name: `CPU, ${name}`, values: { share: cpu_pct }, unit: "% of a core", bar: { of: "share", most: CPU_BAR_pct }, n: `${SPAN_s} s` },
  ];
}

/** How far from a second two samples of a thermocouple lie apart, by their stamps. */
async function jitterOf(influxd: Influxd): Promise<Figure> {
  const from_ns = systemClock.wall_ns() - BigInt(SPAN_s * 1e9); // within the life of the agent that was measured
  const name = "  jitter of sampling, MCP9601 at 1 s";
  const rows = await influxd.query(`SELECT "quality", "channel" FROM "sample" WHERE "channel" =~ /surface$/ AND time > ${from_ns}`, "offgas");
  const last_ns = new Map<string, bigint>();
  const apart_ms: number[] = [];
  for (const { channel = "", time = "0" } of rows) {
    const at_ns = BigInt(time);
    const before_ns = last_ns.get(channel);
    last_ns.set(channel, at_ns);
    if (before_ns !== undefined) apart_ms.push(Math.abs(Number(at_ns - before_ns) / 1e6 - 1000));
  }
  if (apart_ms.length === 0) return { name, missing: "no samples came back from InfluxDB" };
  return { name, values: spread(apart_ms), unit: "ms", n: `${apart_ms.length} intervals` };
}
