/** One driver without the others: a bus process knows few chips, and every file it loads costs it memory and time to start. */
import type { AnyDriver } from "./driver.ts";

/** A driver stands in the file of its name, with a dash for an underscore. Throws TypeError where none does. */
export async function driverNamed(name: string): Promise<AnyDriver> {
  const file = new URL(`./${name.replaceAll("_", "-")}.ts`, import.meta.url);
  const module: Readonly<Record<string, unknown>> = /^[a-z0-9_-]+$/.test(name) ? await import(file.href) : {};
  const entry = Object.values(module).find((value): value is AnyDriver => isDriver(value) && value.driver === name);
  if (entry === undefined) throw new TypeError(`no driver ${name}`);
  return entry;
}

const isDriver = (value: unknown): value is AnyDriver => typeof value === "object" && value !== null && "driver" in value && "open" in value;
