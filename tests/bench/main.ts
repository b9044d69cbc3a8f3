/** `npm run bench`: what the agent costs and how fast it is on this machine, beside the bars that the project set itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { canMountAlone, partNames, runPart } from "./part.ts";
import { type Figure, isMet, tableOf } from "./table.ts";

const help = `npm run bench -- [options]: measures this machine

  --only NAME    one part; may be given several times: ${partNames.join(", ")}
  --samples N    samples in the backlog that is put on disk; default 1000000
  --trips N      trips for each row of the latency; default 1000
  --json         for machines

The disk is stalled only as root; InfluxDB and MQTT take part where influxd and mosquitto are installed.
`;

const whole = (text: string, name: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`--${name} ${text} is not a whole number above 0`);
};

function ordered() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      samples: { type: "string", default: "1000000" },
      trips: { type: "string", default: "1000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  const unknown = values.only?.find((name) => !partNames.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only ${unknown} is no part; there are ${partNames.join(", ")}`);
  return { ...values, only: values.only ?? partNames, samples: whole(values.samples, "samples"), trips: whole(values.trips, "trips") };
}

function machine() {
  const [cpu] = cpus();
  return {
    cores: availableParallelism(),
    cpu: cpu?.model ?? "unknown",
    memory_GiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    arch: process.arch,
    load_before: loadavg()[0] ?? 0,
  };
}

/** A line of its own on a terminal, overwritten by the next; nothing in a pipe. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function bench(): Promise<number> {
  let order: ReturnType<typeof ordered>;
  try {
    order = ordered();
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}; see npm run bench -- --help\n`);
    return 2;
  }
  if (order.help) {
    process.stdout.write(help);
    return 0;
  }
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
  const about = machine();
  const folder = mkdtempSync(join(tmpdir(), "offgas-bench-"));
  const began_s = systemClock.monotonic_s();
  const figures: Figure[] = [];
  const options = { samples: order.samples, trips: order.trips, ownMounts: canMountAlone() };
  try {
    for (const name of partNames.filter((part) => order.only.includes(part))) {
      progress(`${name} …`);
      figures.push(...(await runPart(name, options, folder, stopping.signal, (text) => progress(`${name}: ${text}`))));
      if (stopping.signal.aborted) return 130;
    }
  } finally {
    progress("");
    rmSync(folder, { recursive: true, force: true });
  }
  const wall_s = Math.round(systemClock.monotonic_s() - began_s);
  if (order.json) process.stdout.write(`${JSON.stringify({ v: 1, machine: about, wall_s, figures }, null, 2)}\n`);
  else {
    const { cores, cpu, memory_GiB, kernel, node, arch, load_before } = about;
    process.stdout.write(
      `${cores} × ${cpu}, ${memory_GiB} GiB, ${arch}, Linux ${kernel}, Node ${node}; load ${load_before.toFixed(1)} before the start. No Raspberry Pi.\n\n`,
    );
    process.stdout.write(`${tableOf(figures)}\n${wall_s} s in all\n`);
  }
  return figures.some((figure) => ("missing" in figure ? figure.failed : isMet(figure) === false)) ? 1 : 0;
}

process.exitCode = await bench();
