import assert from "node:assert/strict";
import { test } from "node:test";
import type { Payload } from "../../edge-agent/contracts/topics.ts";
import { payloadsOf } from "../../edge-agent/sinks/payloads.ts";
import { Curves, charts, type Dot } from "../../flows/functions/curves.ts";
import { Watch } from "../../flows/functions/watch.ts";
import { cellsAndGas } from "../support/pages.ts";

const start_ms = 1_800_000_000_000;

function drawing(count = 2) {
  const watch = new Watch();
  const { body } = payloadsOf(cellsAndGas(count)).birth("0.1.0", 0n);
  watch.status({ v: 1, boot: 1, seq: 1, ...body } as Payload<"status">, start_ms, false);
  const curves = new Curves(watch);
  let seq = 1;
  const take = (channel: string, value: number | undefined, now_ms: number) => {
    watch.chart({ v: 1, boot: 1, seq: ++seq, channel, time_ms: 0, unit: "degC", ...(value === undefined ? {} : { value }), quality: "good" }, now_ms);
    curves.take(channel, value);
  };
  const dots = (quantity: (typeof charts)[number], now_ms: number): readonly Dot[] => {
    const message = curves.beat(now_ms)[charts.indexOf(quantity)];
    return message !== undefined && "payload" in message ? message.payload : [];
  };
  return { watch, curves, take, dots };
}

test("however many points come, each beat draws one of each channel, the newest, under the name of its cell", () => {
  const { take, dots } = drawing();
  for (const value of [20, 21, 22]) take("C1.surface", value, start_ms);
  take("C2.surface", 30, start_ms);
  assert.deepEqual(dots("temperature", start_ms + 400), [
    { s: "C1", x: start_ms, y: 22 },
    { s: "C2", x: start_ms, y: 30 },
  ]);
  assert.deepEqual(dots("temperature", start_ms + 1400), [], "nothing new, nothing sent");
});

test("a gap is a gap: where a value is missing, and once when a channel falls silent", () => {
  const { take, dots } = drawing(1);
  take("C1.surface", undefined, start_ms);
  assert.equal(dots("temperature", start_ms)[0]?.y, null);
  for (let second = 1; second < 4; second++) {
    take("C1.surface", 20, start_ms + second * 1000);
    assert.equal(dots("temperature", start_ms + second * 1000)[0]?.y, 20);
  }
  const silent = [4, 5, 6, 7, 8, 9, 10, 11, 12].map((second) => dots("temperature", start_ms + second * 1000));
  assert.deepEqual(
    silent.flat().map(({ y }) => y),
    [null],
  );
  take("C1.surface", 21, start_ms + 20_000);
  assert.equal(dots("temperature", start_ms + 20_000)[0]?.y, 21);
});

test("charts that the station has no channel for are hidden; a look is sent once until it changes", () => {
  const { curves } = drawing();
  const looks = curves.looks(new Map());
  const visible = charts.filter((_, index) => {
    const look = looks?.[index];
    return look !== undefined && "visible" in look && look.visible;
  });
  assert.deepEqual(visible, ["temperature", "pressure", "co2", "h2", "hf", "voc", "flow", "voltage"]);
  assert.equal(curves.looks(new Map()), undefined);
  const loud = JSON.stringify(curves.looks(new Map([["C2", "trip"]]))?.[charts.indexOf("temperature")]);
  assert.match(loud, /"name":"C1"[^}]*"z":2.*"name":"C2"[^}]*"z":5/);
});
