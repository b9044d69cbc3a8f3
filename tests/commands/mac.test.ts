/** The MAC as any language makes it, and what it proves. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { isMac, macOf } from "../../edge-agent/commands/mac.ts";
import { type CommandKey, provenKey } from "../../edge-agent/commands/proof.ts";

const key = Uint8Array.from({ length: 32 }, (_, index) => index); // 000102…1e1f
const root = "offgas/pilot-lab/chamber-3";
const command = {
  v: 1,
  id: "01JDCXPAGH8RZYW5F4YQ0W3T7K",
  actor: "page",
  role: "operator",
  issued_at: "2026-11-23T10:00:00.000Z",
  expires_at: "2026-11-23T10:00:30.000Z",
  verb: "ack",
  args: { occurrence: "01JDCXP9ZZ0000000000000000", alarm: 'gas-rise:Größe "1"\n' },
};

/** Made with Python: json.dumps(…, sort_keys=True, separators=(",", ":"), ensure_ascii=False), hmac, hashlib.sha256. */
const golden = {
  text: String.raw`["offgas/pilot-lab/chamber-3",1,"01JDCXPAGH8RZYW5F4YQ0W3T7K","page","operator","2026-11-23T10:00:00.000Z","2026-11-23T10:00:30.000Z","ack",{"alarm":"gas-rise:Größe \"1\"\n","occurrence":"01JDCXP9ZZ0000000000000000"}]`,
  mac: "ad2cf902c90bd4f36a7eade9b3ef6070f5b7587eabc746ebac069eeaf1ceae5c",
};

test("the golden vector", () => {
  assert.equal(createHmac("sha256", key).update(golden.text, "utf8").digest("hex"), golden.mac);
  assert.equal(macOf(key, root, command), golden.mac);
});

test("the order of keys does not matter, at any level; everything else does", () => {
  const nested = { ...command, args: { b: [{ y: 1, x: 2 }], a: null } };
  assert.equal(macOf(key, root, nested), macOf(key, root, { ...nested, args: { a: null, b: [{ x: 2, y: 1 }] } }));
  const macs = [
    golden.mac,
    macOf(key, "offgas/pilot-lab/chamber-4", command),
    macOf(key.with(0, 1), root, command),
    ...Object.keys(command).map((field) => macOf(key, root, { ...command, [field]: "other" })),
  ];
  assert.equal(new Set(macs).size, macs.length);
});

test("a MAC that is wrong, short, long, in capitals, no text or not there is none", () => {
  assert.ok(isMac(golden.mac, golden.mac));
  const given = [undefined, null, 7, "", golden.mac.slice(1), `${golden.mac}0`, golden.mac.toUpperCase(), golden.mac.replace(/^./, "g"), "ü".repeat(32)];
  for (const one of given) assert.equal(isMac(one, golden.mac), false, String(one));
});

const page: CommandKey = { actor: "page", role: "operator", bytes: key };
const keys = new Map([[page.actor, page]]);
const sent = (more: object): string => JSON.stringify({ ...command, mac: golden.mac, ...more });

test("a key is proven by its own MAC alone", () => {
  assert.equal(provenKey(sent({}), root, keys), page);
  const { args, ...without } = command;
  assert.equal(provenKey(JSON.stringify({ ...without, mac: macOf(key, root, { ...command, args: {} }) }), root, keys), page, "no args are empty args");
  const forged = [
    sent({ actor: "other" }),
    sent({ actor: ["page"] }),
    sent({ mac: undefined }),
    sent({ verb: "arm" }),
    sent({ id: "2" }),
    "",
    "null",
    "[]",
    "{",
  ];
  const deep = `{"actor":"page","args":${"[".repeat(8000)}${"]".repeat(8000)},"mac":"${golden.mac}"}`;
  for (const text of [...forged, deep, `{"__proto__":${sent({})}}`]) assert.equal(provenKey(text, root, keys), undefined, text.slice(0, 80));
  assert.equal(provenKey(sent({}), "offgas/pilot-lab/chamber-4", keys), undefined, "a command for one station proves nothing at another");
});

test("whatever JSON is sent, nothing is proven and nothing thrown", () => {
  fc.assert(fc.property(fc.json(), (text) => provenKey(text, root, keys) === undefined));
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("v", "id", "actor", "args", "mac"), fc.anything()),
      (map) =>
        provenKey(
          JSON.stringify({ ...map, actor: "page" }, (_, value) => (typeof value === "bigint" ? 1 : value)),
          root,
          keys,
        ) === undefined,
    ),
  );
});
