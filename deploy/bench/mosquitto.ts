/** mosquitto's configuration for the bench: loopback alone, a password for each side, and what each may say. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Secrets } from "./secrets.ts";
import { writePrivate } from "./secrets.ts";

export interface BrokerPlace {
  readonly folder: string;
  readonly port: number;
  /** `offgas/<site>/<station>` */
  readonly topics: string;
  readonly passwords: Secrets["mqtt"];
}

/** Writes `mosquitto.conf` with password and access files; returns its path. */
export function writeMosquittoConfig({ folder, port, topics, passwords }: BrokerPlace, hasher: string): string {
  const [users, access, config] = ["passwords", "access", "mosquitto.conf"].map((name) => join(folder, name)) as [string, string, string];
  writePrivate(users, `agent:${passwords.agent}\npage:${passwords.page}\n`);
  execFileSync(hasher, ["-U", users]); // a file: words of a command line are seen by every user of the machine
  writePrivate(access, `user agent\ntopic readwrite ${topics}/#\nuser page\ntopic read ${topics}/#\ntopic write ${topics}/command/#\n`);
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous false",
    `password_file ${users}`,
    `acl_file ${access}`,
    "persistence true",
    `persistence_location ${folder}/`,
    "autosave_interval 5",
    // It would become another user, who may not read these files, and no longer end with the bench.
    ...(process.getuid?.() === 0 ? ["user root"] : []),
  ];
  writePrivate(config, `${lines.join("\n")}\n`);
  return config;
}
