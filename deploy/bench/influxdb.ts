/** A private InfluxDB 1.x for one folder: passwords on, small caches, loopback alone. */

export interface InfluxdbPlace {
  readonly folder: string;
  readonly port: number;
  readonly auth: boolean;
}

/** `influxdb.conf`. Caches of a size that fits beside the other servers on a small machine: 54 MB resident for 3 million points. */
export const influxdbConfig = ({ folder, port, auth }: InfluxdbPlace): string => `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
  cache-snapshot-memory-size = "8m"
  cache-max-memory-size = "256m"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  auth-enabled = ${auth}
[continuous_queries]
  enabled = false
`;

export interface InfluxdbUsers {
  readonly admin: string;
  /** May read or write the database, with these passwords. */
  readonly writers: Readonly<Record<string, string>>;
  readonly readers: Readonly<Record<string, string>>;
}

/** Makes database and users; those that are there already stay. The first user may be made without a password. Throws with the server's words. */
export async function prepareInfluxdb(url: string, database: string, { admin, writers, readers }: InfluxdbUsers): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin:${admin}`).toString("base64")}`;
  const ask = async (q: string): Promise<void> => {
    const answer = await fetch(`${url}/query`, { method: "POST", body: new URLSearchParams({ q }), headers: { authorization } });
    const text = await answer.text();
    if (!answer.ok || /"error"/.test(text)) throw new Error(`InfluxDB answers ${answer.status}: ${text.trim()}`);
  };
  await fetch(`${url}/query`, { method: "POST", body: new URLSearchParams({ q: `CREATE USER admin WITH PASSWORD '${admin}' WITH ALL PRIVILEGES` }) });
  await ask(`CREATE DATABASE "${database}"`);
  for (const [right, users] of [
    ["WRITE", writers],
    ["READ", readers],
  ] as const) {
    for (const [user, password] of Object.entries(users)) {
      await ask(`CREATE USER "${user}" WITH PASSWORD '${password}'`);
      await ask(`GRANT ${right} ON "${database}" TO "${user}"`);
    }
  }
}
