import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fault, type FaultCode } from "../../edge-agent/core/faults.ts";
import { addressOf, faultOfConnack, faultOfDisconnect, faultOfError, faultOfPuback } from "../../edge-agent/sinks/mqtt-faults.ts";
import { wait_s } from "../../edge-agent/sinks/mqtt-session.ts";

const config = {
  kind: "mqtt",
  url: "mqtts://user:url-secret@broker.example",
  user: "bench",
  password_file: "/etc/offgas/mqtt",
  ca_file: "/etc/offgas/ca.crt",
} as const;

test("an address has scheme, host and port, and never what else a URL may carry", () => {
  assert.equal(addressOf(config), "mqtts://broker.example:8883");
  assert.equal(addressOf({ kind: "mqtt", url: "mqtt://[::1]" }), "mqtt://[::1]:1883");
});

test("whatever a broker or a socket says becomes one line with its address and no secret", () => {
  const numbers = Array.from({ length: 255 }, (_, at) => at + 1);
  for (const said of [...numbers, "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "CERT_HAS_EXPIRED", "ERR_SSL_WRONG_VERSION_NUMBER", undefined]) {
    const lines = [faultOfError(Object.assign(new Error("url-secret"), { code: said }), config).message];
    if (typeof said === "number")
      lines.push(faultOfConnack(said, config).message, faultOfDisconnect(said, config).message, faultOfPuback(said, "t", config).why);
    for (const line of lines) {
      assert.match(line, /^[^\n]+: [^\n]+$/);
      assert.ok(line.includes("mqtts://broker.example:8883"), line);
      assert.ok(!line.includes("secret"), line);
    }
  }
});

const codes: readonly (readonly [said: string | number, code: FaultCode])[] = [
  [4, "sink/unauthorised"],
  [134, "sink/unauthorised"],
  [135, "sink/unauthorised"],
  [137, "sink/overloaded"],
  [136, "sink/unreachable"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "sink/certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "sink/certificate"],
  ["CERT_NOT_YET_VALID", "sink/certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "sink/certificate"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "sink/certificate"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "sink/unreachable"],
  ["EHOSTUNREACH", "sink/unreachable"],
];
for (const [said, code] of codes) {
  test(`${said} is ${code}`, () => assert.equal(faultOfError(Object.assign(new Error(), { code: said }), config).code, code));
}

test("only what condemns the message itself is refused; what may pass is for later", () => {
  const refused = Array.from({ length: 128 }, (_, at) => at + 128).filter((reason) => faultOfPuback(reason, "t", config).kind === "refused");
  assert.deepEqual(refused, [144, 149, 153]);
});

test("waits lie below 1, 2, 4 … 60 s, and begin higher where a person has to mend something", () => {
  const code = fc.constantFrom<FaultCode>("sink/unreachable", "sink/unauthorised", "sink/certificate");
  fc.assert(
    fc.property(fc.nat(2000), code, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, of, chance) => {
      const wait = wait_s(failures, new Fault(of, ""), chance);
      assert.ok(wait >= 0.1 && wait <= 60 && (of !== "sink/unreachable" || wait <= 2 ** failures), `${wait}`);
    }),
  );
  const ceiling = (failures: number, of: FaultCode) => Math.round(wait_s(failures, new Fault(of, ""), 1 - 1e-9));
  assert.deepEqual(
    [0, 1, 5, 6, 60].map((failures) => ceiling(failures, "sink/unreachable")),
    [1, 2, 32, 60, 60],
  );
  assert.deepEqual(
    [0, 1, 2].map((failures) => ceiling(failures, "sink/unauthorised")),
    [16, 32, 60],
  );
});
