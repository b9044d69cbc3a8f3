import assert from "node:assert/strict";
import { test } from "node:test";
import { neverBefore_ns } from "../../edge-agent/core/clock.ts";
import { Intake } from "../../edge-agent/pipeline/intake.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";

const stamper = () => new Stamper({ clock: { wall_ns: () => 1_800_000_000_000_000_000n }, at_s: 0 });

test("a sample is calibrated, keeps what the sensor gave, and a bad one has no value", () => {
  const calibration = { id: "CAL-1", date: "2026-09-01", zero: 0.5, span: 2 };
  const { channels } = station({ channels: [replayChannel("t", { calibration })] });
  const intake = new Intake(channels, stamper(), 0, true);
  const good = intake.take({ channel: 0, at_s: 1, raw: 20.5 });
  assert.equal(good?.value, 40);
  assert.equal(good?.raw, 20.5);
  const bad = intake.take({ channel: 0, at_s: 2, raw: 20.5, reason: "open-circuit" });
  assert.ok(bad !== undefined && !("value" in bad));
  assert.equal(bad.raw, 20.5);
});

test("three silent periods make one stale sample, repeated every ten seconds, and a reading ends it", () => {
  const { channels } = station({ channels: [replayChannel("fast", { every: "100 ms" }), replayChannel("slow", { every: "60 s" })] });
  const intake = new Intake(channels, stamper(), 0, true);
  const stale: [number, string][] = [];
  const until = (to_s: number) => {
    while (intake.nextSilence_s <= to_s) {
      const at_s = intake.nextSilence_s;
      for (const sample of intake.silences(at_s)) stale.push([Math.round(at_s * 10) / 10, sample.channel]);
    }
  };
  intake.take({ channel: 0, at_s: 1, raw: 20 });
  until(25);
  assert.deepEqual(stale, [
    [1.3, "fast"],
    [11.3, "fast"],
    [21.3, "fast"],
  ]);
  intake.take({ channel: 0, at_s: 25, raw: 20 });
  until(25.25);
  assert.equal(stale.length, 3);
  until(180);
  assert.deepEqual(
    stale.filter(([, channel]) => channel === "slow"),
    [[180, "slow"]],
  );
});

test("readings dropped for their time are counted, and an unknown channel is none of ours", () => {
  const intake = new Intake(station().channels, stamper(), 0, true);
  for (const at_s of [1, 1, 0.5, 2]) intake.take({ channel: 0, at_s, raw: 20 });
  assert.equal(intake.take({ channel: 7, at_s: 3, raw: 20 }), undefined);
  assert.deepEqual(intake.dropped, { duplicate_time: 1, backward_time: 1, malformed: 0 });
});

test("a channel that comes back and dies again is stale after three periods, not at the next repeat", () => {
  const intake = new Intake(station().channels, stamper(), 0, true);
  assert.equal(intake.nextSilence_s, 3);
  assert.equal(intake.silences(3).length, 1);
  intake.take({ channel: 0, at_s: 4, raw: 20 });
  assert.equal(intake.nextSilence_s, 7);
  assert.equal(intake.silences(7).length, 1);
});

test("across a long gap a channel is stale at its beginning and at its end", () => {
  const intake = new Intake(station().channels, stamper(), 0, true);
  assert.equal(intake.silences(3).length, 1);
  intake.passOver(1e9);
  assert.equal(intake.nextSilence_s, 1e9);
  assert.equal(intake.silences(1e9).length, 1);
});

test("a channel of events is never stale, and two events alike are not one that stuck", () => {
  const { channels } = station({
    channels: [replayChannel("p", { quantity: "pressure", every: "event", source: { driver: "replay", column: "p", unit: "kPa" } })],
  });
  const intake = new Intake(channels, stamper(), 0, true);
  assert.equal(intake.nextSilence_s, Number.POSITIVE_INFINITY);
  assert.equal(intake.take({ channel: 0, at_s: 1, raw: 100 })?.quality, "good");
  assert.deepEqual(intake.silences(1e6), []);
  assert.equal(intake.take({ channel: 0, at_s: 86_400, raw: 100 })?.quality, "good");
});

test("past its certificate's last day a good reading is uncertain, live; a replay does not know the day", () => {
  const calibration = { id: "CAL-1", date: "2025-01-01", expires: "2026-01-01" };
  const { channels } = station({ channels: [replayChannel("t", { calibration })] });
  const onDay = (wall_ns: bigint) => new Stamper({ clock: { wall_ns: () => wall_ns }, at_s: 0 });
  const last_ns = neverBefore_ns + 86_399_000_000_000n;
  const reading = { channel: 0, at_s: 0, raw: 20 };
  assert.equal(new Intake(channels, onDay(last_ns), 0, false).take(reading)?.reason, "none");
  assert.equal(new Intake(channels, onDay(last_ns + 2_000_000_000n), 0, false).take(reading)?.reason, "calibration-expired");
  assert.equal(new Intake(channels, onDay(last_ns + 2_000_000_000n), 0, true).take(reading)?.reason, "none");
  const bad = new Intake(channels, onDay(last_ns + 2_000_000_000n), 0, false).take({ ...reading, reason: "checksum" });
  assert.equal(bad?.reason, "checksum", "the graver reason stays");
});

test("a channel that needs time for its first reading is not silent before; then it is, and once it has spoken its periods count", () => {
  const channels = station().channels;
  const [{ every_s } = { every_s: Number.NaN }] = channels;
  const intake = new Intake(channels, stamper(), 0, true, () => 12);
  assert.deepEqual(intake.silences(11.9), []);
  assert.ok(intake.silences(12).every(({ reason }) => reason === "stale"));
  const spoken = new Intake(channels, stamper(), 0, true, () => 12);
  spoken.take({ channel: 0, at_s: 2, raw: 25 });
  assert.deepEqual(spoken.silences(2 + 3 * every_s - 0.01), []);
  assert.deepEqual(
    spoken.silences(2 + 3 * every_s).map(({ channel }) => channel),
    [channels[0]?.id],
  );
});
