import assert from "node:assert/strict";
import { test } from "node:test";
import { heardOf } from "../../edge-agent/agent/assemble.ts";
import { ascribed, cellOf, chamberOf, thermometersOf } from "../../models/station-map.ts";
import { replayChannel, station } from "../support/station.ts";

const voltage = { quantity: "voltage", source: { driver: "replay", column: "v", unit: "V" } } as const;

test("what is measured on the only cell of a pack is that cell's, unless it has its own", () => {
  const alone = station({
    cells: [{ id: "C1", pack: "P" }],
    channels: [
      replayChannel("skin", { at: { pack: "P" }, place: "surface" }),
      replayChannel("tab", { at: { pack: "P" }, place: "tab" }),
      replayChannel("plate", { at: { station: true }, place: "surface" }),
      replayChannel("supply", { at: { station: true }, ...voltage }),
      replayChannel("v", { at: { pack: "P" }, ...voltage }),
      replayChannel("air", { at: { pack: "P" }, place: "chamber" }),
      replayChannel("room", { at: { station: true } }),
    ],
  });
  const heard = heardOf(alone);
  assert.deepEqual(
    heard.channels.map((channel) => [channel.id, cellOf(channel)]),
    [
      ["skin", "C1"],
      ["tab", "C1"],
      ["plate", undefined],
      ["supply", undefined],
      ["v", "C1"],
      ["air", undefined],
      ["room", undefined],
    ],
  );
  assert.deepEqual(
    thermometersOf(heard, "C1").map(({ id }) => id),
    ["skin", "tab"],
  );
  const own = station({
    cells: [{ id: "C1", pack: "P" }],
    channels: [replayChannel("pack_V", { at: { pack: "P" }, ...voltage }), replayChannel("T"), replayChannel("V", { ...voltage })],
  });
  assert.deepEqual(heardOf(own).channels.map(cellOf), [undefined, "C1", "C1"]);
});

test("where several cells may be meant, nobody guesses", () => {
  const several = station({
    cells: [
      { id: "C1", pack: "P" },
      { id: "C2", pack: "P" },
      { id: "C3", pack: "Q" },
    ],
    channels: [
      replayChannel("skin", { at: { pack: "P" }, place: "surface" }),
      replayChannel("other", { at: { pack: "Q" }, place: "surface" }),
      replayChannel("any", { at: { station: true }, place: "surface" }),
    ],
  });
  assert.deepEqual(ascribed(several).channels.map(cellOf), [undefined, "C3", undefined]);
});

test("the air around a cell is its chamber's, else its headspace's, else a thermometer somewhere in its pack, and never the room's", () => {
  const [chamber, headspace, somewhere, skin] = [
    replayChannel("chamber", { at: { pack: "C1" }, place: "chamber" }),
    replayChannel("headspace", { at: { cell: "C1" }, place: "headspace" }),
    replayChannel("somewhere", { at: { pack: "C1" } }),
    replayChannel("skin"),
  ];
  const airOf = (...channels: ReturnType<typeof replayChannel>[]) => chamberOf(station({ channels }), "C1")?.id;
  assert.deepEqual(
    [
      airOf(skin, somewhere, headspace, chamber),
      airOf(skin, somewhere, headspace),
      airOf(skin, somewhere),
      airOf(skin, replayChannel("room", { at: { station: true } })),
    ],
    ["chamber", "headspace", "somewhere", undefined],
  );
});
