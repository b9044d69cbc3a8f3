/**
 * The station file, version 1 (a contract). Input as a person writes it, output normalised: units stand in names.
 * Only what one value can tell is checked here; references, clashes and drivers are checked in `config/`.
 */
import { z } from "zod";
import { type AlarmName, alarmNames, severities } from "../core/alarms.ts";
import { gasSpecies, type QuantityName, quantityNames } from "../core/quantities.ts";
import { calibration } from "./calibration.ts";
import { roles } from "./command.ts";
import { type DerivedSource, derivedSource } from "./derived.ts";
import { quote } from "./explain.ts";
import { id } from "./ids.ts";
import { readPath } from "./json-path.ts";
import { eventOr, oneOf, pass, unknownOr } from "./meant.ts";
import { measure } from "./measure.ts";
import { report } from "./report.ts";
import { sampleLine } from "./sample-line.ts";

const name = z.string().regex(/^[a-z0-9-]{1,32}$/, { error: ({ input }) => `found ${quote(input)}; write 1 to 32 of a-z, 0-9 and -` });
const quantity = z.enum(quantityNames as [QuantityName, ...QuantityName[]]);
const alarm = z.enum(alarmNames as [AlarmName, ...AlarmName[]]);
const severity = z.enum(severities);

const cell = z
  .strictObject({
    id,
    pack: id.optional(),
    chemistry: z.string().default("unknown"),
    capacity: measure("capacity_Ah", 0).optional(),
    mass: measure("mass_g", 0).optional(),
    max_temperature: measure("temperature_degC").optional(),
    material: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  })
  .transform(({ pack, capacity, mass, max_temperature, ...rest }) => ({
    ...rest,
    pack: pack ?? rest.id, // each cell is its own pack unless it names one
    capacity_Ah: capacity,
    mass_g: mass,
    max_temperature_degC: max_temperature,
  }));

const pack = z.strictObject({
  id,
  gas_space: z
    .strictObject({
      free_volume: unknownOr(measure("volume_L", 0)),
      atmosphere: z.enum(["air", "argon", "nitrogen"]).default("air"),
      ventilation: unknownOr(measure("rate_per_h", 0)),
      sealed: z.boolean().default(false),
      leak_rate: unknownOr(measure("rate_per_h", 0)),
    })
    .transform(({ free_volume, ventilation, leak_rate, ...rest }) => ({
      ...rest,
      free_volume_L: free_volume,
      ventilation_per_h: ventilation,
      leak_rate_per_h: leak_rate,
    }))
    .optional(),
});

/** What speaks less than once a week watches nothing: its silence would be noticed after three. */
const longest_s = 7 * 86_400;

/** The longest that one transfer may take. */
const deadline = measure("duration_s", 0.01).default(0.25);
const devicePath = z.string().regex(/^\/\S+$/, { error: ({ input }) => `found ${quote(input)}; write the port's path, such as /dev/serial0` });
/** A transfer on 1-Wire is a conversion, 0.75 s long. */
const slowDeadline = measure("duration_s", 1).default(1.5);
const bus = z
  .discriminatedUnion("kind", [
    z.strictObject({ id, kind: z.literal("i2c"), device: z.int().min(0).max(255), deadline }),
    z.strictObject({ id, kind: z.literal("uart"), path: devicePath, baud: z.int().min(300).max(4_000_000).default(9600), deadline }),
    z.strictObject({ id, kind: z.literal("spi"), device: z.int().min(0).max(255), deadline }),
    z.strictObject({ id, kind: z.literal("one-wire"), deadline: slowDeadline }),
    z.strictObject({ id, kind: z.literal("modbus-tcp"), host: z.string(), port: z.int().min(1).max(65_535).default(502), deadline }),
    z.strictObject({
      id,
      kind: z.literal("modbus-rtu"),
      path: z
        .string()
        .regex(/^\/\S{1,200}$/, { error: ({ input }) => `found ${quote(input)}; write the serial device, such as /dev/ttyUSB0 or one of /dev/serial/by-id` }),
      baud: z.int().min(300).max(4_000_000).default(19_200), // this and parity: the defaults of "MODBUS over Serial Line V1.02"
      parity: z.enum(["none", "even", "odd"]).default("even"),
      stop_bits: z.union([z.literal(1), z.literal(2)]).default(1),
      deadline: measure("duration_s", 0.01).default(1), // the longest answer takes 0.3 s at 9600 baud
    }),
  ])
  .transform(({ deadline, ...rest }) => ({ ...rest, deadline_s: deadline }));

/** A chip on a bus; what else it may carry is its driver's business and checked against the catalogue, its address by the kind of bus. */
const chipAddress = z.union([z.int(), z.string().regex(/^\S{1,40}$/)], { error: ({ input }) => `found ${quote(input)}; write the chip's address on its bus` });
const chipSource = z.looseObject({ driver: id, bus: id, address: chipAddress.optional(), output: z.string().optional() });
const replaySource = z.strictObject({ driver: z.literal("replay"), column: z.string().min(1), unit: z.string() });
/** One value of each message on a topic of the mqtt sink's broker. */
const mqttSource = z.strictObject({
  driver: z.literal("mqtt"),
  topic: z.string().regex(/^[^+#\0]{1,1000}$/, { error: ({ input }) => `found ${quote(input)}; write one topic, without the wildcards + and #` }),
  path: z
    .string()
    .refine((path) => readPath(path) !== undefined, {
      error: ({ input }) => `found ${quote(input)}; write where the value stands in a message, such as $.V, $.cells[0] or $['cell V'], or $ for a bare number`,
    })
    .default("$"),
  unit: z.string(),
});
/** One column of a table that another program goes on writing. */
const csvTailSource = z.strictObject({ driver: z.literal("csv-tail"), file: z.string().min(1), column: z.string().trim().min(1), unit: z.string() });

/** A digital input of this machine. `active`: the level of the pin while the contact is closed. */
const gpioSource = z.strictObject({
  driver: z.literal("gpio"),
  chip: z.string().min(1),
  line: z.int().min(0).max(1023),
  active: z.enum(["high", "low"]).default("high"),
});

const ownSources = { replay: replaySource, mqtt: mqttSource, "csv-tail": csvTailSource, gpio: gpioSource } as const;
type OwnSource = (typeof ownSources)[keyof typeof ownSources];
type SourceInput = z.input<typeof chipSource> | z.input<OwnSource> | z.input<typeof derivedSource>;
type Source = z.output<typeof chipSource> | z.output<OwnSource> | DerivedSource;

/** Not a plain union, so that a problem is reported for the driver that was meant. */
const source = z.custom<SourceInput>().transform((input, context): Source => {
  const schemas: Readonly<Record<string, z.ZodType<Source>>> = { ...ownSources, derived: derivedSource };
  const driver = (input as { driver?: unknown } | null | undefined)?.driver;
  return pass(typeof driver === "string" && Object.hasOwn(schemas, driver) ? (schemas[driver] ?? chipSource) : chipSource, input, context);
});

const place = z.enum(["surface", "tab", "chamber", "headspace", "sample-line", "jig", "set-point"]);

const scope = oneOf({ cell: id, pack: id, station: z.literal(true) });

const channel = z
  .strictObject({
    id,
    quantity,
    /** For a flow: the gas that flows, so that its rise counts as gas. */
    gas: z.enum(gasSpecies).optional(),
    /** For a contact: what the switch means. It is closed while all is well with mains, emergency stop and door. */
    contact: z.enum(["mains", "door", "emergency-stop", "vent-valve", "pump", "filter"]).optional(),
    at: scope,
    place: place.optional(),
    source,
    /** `event`: no beat; whatever comes is recorded, silence means nothing, and no detector looks at it. */
    every: eventOr(measure("duration_s", 0.01, longest_s)).default(1),
    role: z.enum(["leading", "confirming", "context"]).default("confirming"),
    essential: z.boolean().default(false),
    t90: measure("duration_s", 0).optional(),
    rated_for_personal_safety: z.boolean().default(false),
    calibration: calibration.optional(),
    line: sampleLine.optional(),
    report: report.optional(),
  })
  .transform(({ every, t90, ...rest }) => ({ ...rest, every_s: every, t90_s: t90 }));

/** `value` keeps its unit as text: which units fit depends on the quantity that the limit meets. */
const limit = z.strictObject({
  alarm,
  at: oneOf({ cell: id, pack: id, channel: id, station: z.literal(true) }),
  severity: severity.optional(),
  value: z.string({
    error: ({ input }) => (typeof input === "number" ? `found ${input}, which has no unit; write it with one, such as "${input} degC"` : undefined),
  }),
  /** May be left out where the limit tightens the default. */
  reason: z.string().default("set in the station file"),
});

const outputRole = z.enum(["permit", "heartbeat", "signal"]);
const output = z
  .strictObject({
    id,
    kind: z.enum(["gpio", "simulated"]),
    chip: z.string().optional(),
    line: z.int().min(0).max(1023).optional(),
    energised_means: z.enum(["permit", "active"]).default("permit"),
    role: outputRole.optional(),
    period: measure("duration_s", 0.1, longest_s).optional(),
  })
  .transform(({ role, period, energised_means, ...rest }) => ({
    ...rest,
    role: role ?? (energised_means === "permit" ? ("permit" as const) : ("signal" as const)),
    period_s: period ?? 1,
  }));

const phase = z.strictObject({
  id,
  planned: z.array(alarm).default([]),
  stop_test_on: z.array(alarm).default([]),
  protect: z.literal("default").default("default"),
});
const intent = z.strictObject({ kind: z.enum(["formation", "cycling", "storage", "abuse"]), phases: z.array(phase).min(1) });

const interlock = z.strictObject({
  when: alarm,
  class: z.enum(["protect", "stop"]),
  open: z.array(id).min(1),
  vote: z.literal("1oo1").default("1oo1"),
});

/** Whoever writes a password into an address shall not find it in a log. */
const withoutSecret = (url: string): string => url.replace(/^([a-z+]*:?\/\/)?[^/@]*@/i, "$1…@");

const address = (example: string, protocol: RegExp) =>
  z.url({
    protocol,
    error: ({ input }) => (typeof input === "string" ? `found ${quote(withoutSecret(input))}; write an address such as ${example}` : undefined),
  });

const influxSink = z.strictObject({
  kind: z.literal("influxdb"),
  url: address("http://127.0.0.1:8086", /^https?$/),
  flavour: z.enum(["v1", "v2", "v3"]).default("v1"),
  database: z.string().min(1).optional(),
  retention_policy: z.string().optional(),
  org: z.string().optional(),
  bucket: z.string().min(1).optional(),
  user: z.string().optional(),
  password_file: z.string().optional(),
  token_file: z.string().optional(),
  ca_file: z.string().optional(),
});
/** Who may command over MQTT: the holder of the key. */
const commander = z.strictObject({ actor: id, role: z.enum(roles), key_file: z.string().min(1) });
const mqttSink = z.strictObject({
  kind: z.literal("mqtt"),
  url: address("mqtts://127.0.0.1:8883", /^mqtts?$/),
  user: z.string().optional(),
  password_file: z.string().optional(),
  ca_file: z.string().optional(),
  commands: z.array(commander).min(1).optional(),
});

const spool = z
  .strictObject({ directory: z.string().min(1), budget: measure("bytes", 1e6).default(8e9), commit: measure("duration_s", 0.01).default(0.25) })
  .transform(({ directory, budget, commit }) => ({ directory, budget_Bytes: budget, commit_s: commit }));

export const stationSchema = z.strictObject({
  version: z.literal(1, { error: ({ input }) => (input === undefined ? undefined : `found ${quote(input)}; this Offgas reads version 1`) }),
  site: name,
  station: name,
  cells: z.array(cell).min(1),
  packs: z.array(pack).default([]),
  buses: z.array(bus).default([]),
  channels: z.array(channel).min(1),
  limits: z.array(limit).default([]),
  outputs: z.array(output).default([]),
  intent: intent.optional(),
  interlocks: z.array(interlock).default([]),
  sinks: z.array(z.discriminatedUnion("kind", [influxSink, mqttSink])).default([]),
  spool: spool.optional(),
});

export type Station = z.output<typeof stationSchema>;
export type StationInput = z.input<typeof stationSchema>;
export type Cell = Station["cells"][number];
export type Pack = Station["packs"][number];
export type Bus = Station["buses"][number];
export type Channel = Station["channels"][number];
export type ChannelSource = Channel["source"];
export type GpioSource = z.output<typeof gpioSource>;
/** A chip's source may carry any key, so that keys alone do not tell them apart. */
export const isGpio = (source: ChannelSource): source is GpioSource => source.driver === "gpio";
export type MqttSource = z.output<typeof mqttSource>;
export type CsvTailSource = z.output<typeof csvTailSource>;
export const isMqtt = (source: ChannelSource): source is MqttSource => source.driver === "mqtt";
export const isCsvTail = (source: ChannelSource): source is CsvTailSource => source.driver === "csv-tail";
export type StationLimit = Station["limits"][number];
export type Output = Station["outputs"][number];
export type Interlock = Station["interlocks"][number];
export type SinkConfig = Station["sinks"][number];
export type InfluxConfig = Extract<SinkConfig, { kind: "influxdb" }>;
export type CommanderConfig = z.output<typeof commander>;
export type MqttConfig = Extract<SinkConfig, { kind: "mqtt" }>;
