/** Which messages of a topic become readings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Message, most_per_s, Topic } from "../../edge-agent/feeds/topic.ts";

const topic = (period_s = 1) => new Topic({ topic: "t", period_s, channels: [{ channel: 4, path: [], written: "$", factor: 1, offset: 0 }] });
const message = (text: string, flags: Partial<Message> = {}): Message => ({ payload: Buffer.from(text), retained: false, repeated: false, ...flags });

test("the same value again is a new reading; a message that the broker sends again is none and is counted", () => {
  const one = topic();
  assert.deepEqual(one.hear(message("3.6"), 10), [{ channel: 4, at_s: 10, raw: 3.6 }]);
  assert.deepEqual(one.hear(message("3.6"), 11), [{ channel: 4, at_s: 11, raw: 3.6 }]);
  assert.deepEqual(one.hear(message("3.6", { repeated: true }), 12), []);
  assert.deepEqual([one.takeSkipped(), one.takeSkipped()], [1, 0]);
});

test("what the broker had kept is no reading, and no sign of life", () => {
  const one = topic();
  assert.deepEqual(one.hear(message("3.6", { retained: true }), 10), []);
  assert.equal(one.heard_s, Number.NEGATIVE_INFINITY);
  assert.deepEqual(one.outdated(13), [
    { channel: 4, at_s: 13, reason: "stale", detail: "t: only a message that the broker had kept, of unknown age: is the publisher running?" },
  ]);
  assert.deepEqual(one.hear(message("3.7"), 14), [{ channel: 4, at_s: 14, raw: 3.7 }]);
  assert.equal(one.heard_s, 14);
});

test("an instrument that talks faster than the channel says is read at twice its pace, and the rest is counted", () => {
  const one = topic(1);
  let taken = 0;
  for (let n = 0; n < 1000; n++) taken += one.hear(message("1"), n / 100).length;
  assert.deepEqual([taken, one.takeSkipped()], [20, 980]);
});

test("the message after so many in one second is a flood, whatever it holds; a second later it is none", () => {
  const one = topic();
  for (let n = 0; n < most_per_s; n++) assert.notEqual(one.hear(message("x"), 10 + n / 1e6), "flood");
  assert.equal(one.hear(message("x"), 10.5), "flood");
  assert.deepEqual(one.hear(message("2"), 11), [{ channel: 4, at_s: 11, raw: 2 }]);
  assert.match(one.flooded(11, 10)[0]?.detail ?? "", /^t: more than 500 messages in one second; it is not listened to for 10 s$/);
});
