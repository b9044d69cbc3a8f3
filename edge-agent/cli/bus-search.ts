/**
 * The chips on an I2C bus, for `offgas doctor`. Asking is not free of consequence: a question between another program's question and its answer spoils
 * that answer, and a part that is none of ours may take a question for an order. So a bus is searched only where nobody else holds it, which only
 * root can see, and only where it is meant for sensors: a bus of the station file, or the header's own.
 */
import { fork } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { hex } from "../bus/i2c.ts";
import { type Found, proposed } from "../sensors/search.ts";
import type { Probe } from "./probes.ts";

const LIMIT_ms = 15_000;
const child = new URL("../sensors/search-child.ts", import.meta.url);

export const busSearch = (device: number): Probe => ({
  subject: `bus /dev/i2c-${device}`,
  async look() {
    if (process.getuid?.() !== 0)
      return { state: "note", found: "not searched: only root sees whether another program reads it", fix: "sudo npx offgas doctor" };
    const holder = holderOf(`/dev/i2c-${device}`);
    if (holder !== undefined) return { state: "note", found: `not searched: process ${holder} reads it`, fix: "stop the agent and look again" };
    const answer = await searched(device);
    if ("trouble" in answer) return { state: "trouble", found: answer.trouble, fix: "check wiring, pull-ups and supply of this bus" };
    if (answer.found.length === 0) return { state: "note", found: "nobody answers", fix: "check wiring, supply and pull-ups, or ignore an unused bus" };
    const lines = answer.found.flatMap((each) => proposed(`i2c-${device}`, each));
    const fix = lines.length === 0 ? {} : { fix: `for the station file, with the ids and places of yours:\n${lines.join("\n")}` };
    return { state: "fine", found: answer.found.map(named).join("; "), ...fix };
  },
});

function named({ address, drivers, certain }: Found): string {
  if (certain) return `${hex(address)} ${drivers[0]}`;
  return `${hex(address)} ${drivers.length === 0 ? "a part that Offgas does not know" : `perhaps ${drivers.join(" or ")} (cannot say who it is)`}`;
}

type Answer = { readonly found: readonly Found[] } | { readonly trouble: string };

function searched(device: number): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const searching = fork(child, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const late = setTimeout(() => resolve({ trouble: `the search took longer than ${LIMIT_ms / 1000} s` }), LIMIT_ms);
  searching.once("message", (message) => resolve(message as Answer));
  searching.once("error", (error) => resolve({ trouble: error.message }));
  searching.once("exit", (code) => resolve({ trouble: `the search ended by itself (exit ${code})` }));
  searching.send(device, () => {});
  return promise.finally(() => {
    clearTimeout(late);
    searching.kill("SIGKILL");
  });
}

/** A process that has the device open, as far as this user may see. */
function holderOf(path: string): string | undefined {
  const entries = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return []; // ended meanwhile, or another user's
    }
  };
  const pointsThere = (link: string): boolean => {
    try {
      return readlinkSync(link) === path;
    } catch {
      return false;
    }
  };
  const processes = entries("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return processes.find((pid) => entries(`/proc/${pid}/fd`).some((fd) => pointsThere(`/proc/${pid}/fd/${fd}`)));
}
