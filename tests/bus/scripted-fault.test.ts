import assert from "node:assert/strict";
import test from "node:test";
import { faultKinds, parseScriptedFault } from "../../edge-agent/bus/scripted-fault.ts";

for (const [text, fault] of [
  ["i2c-1/0x67:hang@5s", { bus: "i2c-1", address: 0x67, fault: "hang", at_s: 5 }],
  [" bench/98:power-cycle@250ms ", { bus: "bench", address: 0x62, fault: "power-cycle", at_s: 0.25 }],
  ["i2c-1/0x62:not-ready@1.5 min", { bus: "i2c-1", address: 0x62, fault: "not-ready", at_s: 90 }],
  ["host:clock-step@5s", { bus: "host", address: "", fault: "clock-step", at_s: 5 }],
  ["uart-1:nack@5s", { bus: "uart-1", address: "", fault: "nack", at_s: 5 }],
] as const) {
  test(`fault "${text}"`, () => assert.deepEqual(parseScriptedFault(text), fault));
}

for (const [text, message] of [
  ["", /write <bus>\/<address>:<fault>@<time>, such as i2c-1\/0x67:hang@5s/],
  ["i2c-1/:hang@5s", /write <bus>/],
  ["i2c-1/0x67:hang", /write <bus>/],
  ["i2c-1/999:hang@5s", /"999" is no address of any bus/],
  ["i2c-1/0x67:hung@5s", /"hung" is no fault; write one of nack, checksum,/],
  ["i2c-1/0x67:toString@5s", /"toString" is no fault/],
  ["i2c-1/0x67:hang@5", /"5" is no time; write a number and ms, s or min/],
  ["i2c-1/0x67:hang@-5s", /"-5s" is no time/],
  ["i2c-1/0x67:clock-step@5s", /the clock is the machine's: write host:clock-step@5s/],
  ["host/0x67:clock-step@5s", /the clock is the machine's/],
  ["i2c-1/0x67:hang@5h", /"5h" is no time/],
] as const) {
  test(`fault "${text}" is refused with what to write`, () => assert.throws(() => parseScriptedFault(text), { code: "config/invalid", message }));
}

test("every fault can be written", () => {
  for (const kind of Object.keys(faultKinds)) {
    const where = kind === "clock-step" ? "host" : "b/0x10";
    assert.equal(parseScriptedFault(`${where}:${kind}@0s`).fault, kind);
  }
});
