/** Stands in where mosquitto is not installed: aedes, MQTT 3.1.1, in memory. A process of its own; started by `main.ts`. */
import { timingSafeEqual } from "node:crypto";
import { createServer } from "node:net";
import { Aedes } from "aedes";

const { OFFGAS_BROKER_PORT: port, OFFGAS_BROKER_TOPICS: topics, OFFGAS_BROKER_PASSWORDS: given } = process.env;
const passwords = new Map(Object.entries(JSON.parse(given ?? "{}") as Record<string, string>));
const users = new WeakMap<object, string>();

const same = (a: string, b: Buffer): boolean => Buffer.byteLength(a) === b.length && timingSafeEqual(Buffer.from(a), b);
const within = (root: string, topic: string): boolean => topic === root || topic.startsWith(`${root}/`);

const broker = await Aedes.createBroker({
  authenticate(client, user, password, done) {
    const known = user === undefined ? undefined : passwords.get(user);
    const right = known !== undefined && password !== undefined && same(known, Buffer.from(password));
    if (right && user !== undefined) users.set(client, user);
    done(null, right);
  },
  authorizePublish(client, { topic }, done) {
    const mine = client !== null && users.get(client) === "agent" ? topics : `${topics}/command`;
    // the last will of a client that is gone carries its user's right no longer
    done(client === null || within(mine ?? "", topic) ? null : new Error("not authorised"));
  },
  authorizeSubscribe(_client, subscription, done) {
    done(null, within(topics ?? "", subscription.topic) ? subscription : null);
  },
});
createServer(broker.handle).listen(Number(port), "127.0.0.1");
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
