/** Passwords between the bench's parts, made once and kept in its folder, readable by their owner alone. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import bcrypt from "bcryptjs";
import { z } from "zod";
import { explained, Trouble } from "./trouble.ts";

const secret = z.string().min(20);
const schema = z.strictObject({
  v: z.literal(1),
  /** Of the password for the page, which itself is kept nowhere. */
  page_hash: z.string(),
  credential_secret: secret,
  mqtt: z.strictObject({ agent: secret, page: secret }),
  /** Key of the actor `page`: 32 Bytes in hex. */
  command_key: z.string().regex(/^[0-9a-f]{64}$/),
  influxdb: z.strictObject({ admin: secret, agent: secret, grafana: secret }),
  grafana_admin: secret,
});
export type Secrets = z.infer<typeof schema>;

export interface Opened {
  readonly secrets: Secrets;
  /** The page's password, only when it is new. */
  readonly password?: string;
}

const BCRYPT_ROUNDS = 10;
const random = () => randomBytes(24).toString("base64url");

/** Reads the folder's secrets, or makes them. Throws Trouble. */
export function openSecrets(folder: string, newPassword: boolean): Opened {
  const file = join(folder, "secrets.json");
  const found = read(file);
  if (found !== undefined && !newPassword) return { secrets: found };
  const password = randomBytes(9).toString("base64url");
  const page_hash = bcrypt.hashSync(password, BCRYPT_ROUNDS);
  const secrets: Secrets = found
    ? { ...found, page_hash }
    : {
        v: 1,
        page_hash,
        credential_secret: random(),
        mqtt: { agent: random(), page: random() },
        command_key: randomBytes(32).toString("hex"),
        influxdb: { admin: random(), agent: random(), grafana: random() },
        grafana_admin: random(),
      };
  writePrivate(file, JSON.stringify(secrets, undefined, 2));
  return { secrets, password };
}

function read(file: string): Secrets | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw explained(error, `cannot read ${file}`);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Trouble(`${file} is damaged: restore it, or name another folder with --data DIR; its databases open with these passwords alone`);
  }
}

/** Replaces `file` in one step, mode 0600. Throws Trouble. */
export function writePrivate(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw explained(error, `cannot write ${file}`);
  }
}
