import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../edge-agent/agent/assemble.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { Contacts } from "../../edge-agent/pipeline/contacts.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";

const contact = (id: string, means: "mains" | "door") =>
  replayChannel(id, { quantity: "contact", contact: means, at: { station: true }, source: { driver: "replay", column: id, unit: "closed" } });
const { channels } = station({ channels: [contact("grid", "mains"), contact("door", "door"), replayChannel("t")] });
const sample = (channel: string, value: number | undefined, quality: Sample["quality"] = "good"): Sample => ({
  channel,
  at_s: 0,
  stamp_ns: 0n,
  ...(value !== undefined && { value }),
  bound: 0,
  quality,
  reason: quality === "good" ? "none" : "no-reply",
});

test("mains that reads open is mains-lost, in words and once; closed again ends it", () => {
  const contacts = new Contacts(channels);
  assert.equal(contacts.see([sample("grid", 1)])[0]?.present, false);
  const [lost] = contacts.see([sample("grid", 0)]);
  assert.deepEqual(lost, {
    alarm: "mains-lost",
    scope: { kind: "station", id: "station" },
    by: "grid",
    severity: "alarm",
    present: true,
    why: ["grid reads open: mains is lost, and the station runs on its backup supply"],
  });
  assert.deepEqual(contacts.see([sample("grid", 0)]), [], "told once");
  assert.deepEqual(contacts.see([sample("grid", 1)])[0]?.why, ["grid reads closed: mains is there"]);
});

test("a contact that cannot be read neither raises nor ends mains-lost", () => {
  const contacts = new Contacts(channels);
  contacts.see([sample("grid", 0)]);
  assert.deepEqual(contacts.see([sample("grid", undefined, "bad")]), []);
});

test("other contacts and other channels raise nothing", () => {
  assert.deepEqual(new Contacts(channels).see([sample("door", 0), sample("t", 0)]), []);
});

test("on the whole path: mains-lost stands and latches, a door is recorded, and outputs are asked", () => {
  const acted: string[] = [];
  const act = ({ id }: { id: string }) => {
    acted.push(id);
    return [];
  };
  const stamper = new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 });
  const { decider, engine } = assemble({
    station: station({ channels: [contact("grid", "mains"), contact("door", "door")] }),
    stamper,
    start_s: 0,
    act,
    recorded: true,
  });
  const read = (at_s: number, grid: number, door: number) =>
    decider.readings([
      { channel: 0, at_s, raw: grid },
      { channel: 1, at_s, raw: door },
    ]);
  assert.equal(read(0, 1, 1).filter(({ type }) => type === "sample").length, 2);
  read(1, 0, 0);
  assert.deepEqual(acted, ["mains-lost:station"]);
  for (let at_s = 2; at_s < 100; at_s++) read(at_s, 1, 0);
  assert.deepEqual(
    engine.standing().map(({ id, state }) => [id, state]),
    [["mains-lost:station", "latched-unack"]],
  );
});
