/**
 * Any Modbus device, by its register map as the station file states it: temperature controllers, cyclers, transmitters. Each channel names a
 * register, its type and its unit; the maker's manual has them. Registers of one table that lie close together are fetched in one request.
 *
 * A map has no identity that could be checked. A register that the device has not costs its own channels; a value that the device gives for
 * "nothing measured" must be named (`none`), except a float that is no number.
 */
import { bytesOf, MOST_REGISTERS, type ModbusTable } from "../bus/modbus.ts";
import { Fault, isFault } from "../core/faults.ts";
import type { Conversion, DriverEntry, Link, Measured, Options, Sampled, Sensor, Taken } from "./driver.ts";

interface NumberType {
  readonly registers: 0 | 1 | 2;
  readonly low: number;
  readonly high: number;
  read(view: DataView): number;
}
/** A bit takes no register: coils and discrete inputs are of this type alone. */
const types: Readonly<Record<string, NumberType>> = {
  bool: { registers: 0, low: 0, high: 1, read: (view) => view.getUint8(0) },
  u16: { registers: 1, low: 0, high: 0xffff, read: (view) => view.getUint16(0) },
  i16: { registers: 1, low: -0x8000, high: 0x7fff, read: (view) => view.getInt16(0) },
  u32: { registers: 2, low: 0, high: 0xffff_ffff, read: (view) => view.getUint32(0) },
  i32: { registers: 2, low: -0x8000_0000, high: 0x7fff_ffff, read: (view) => view.getInt32(0) },
  float32: { registers: 2, low: -3.5e38, high: 3.5e38, read: (view) => view.getFloat32(0) },
};
const isBits = (table: ModbusTable): boolean => table === "coil" || table === "discrete";

/** A channel's register. */
export interface Register {
  readonly name: string;
  readonly table: ModbusTable;
  readonly start: number;
  /** Registers or bits. */
  readonly count: number;
  readonly type: NumberType;
  readonly lowWordFirst: boolean;
  readonly factor: number;
  readonly offset: number;
  readonly conversion: Conversion;
  readonly none: number | undefined;
}

export function registerOf({ name, keys }: Taken): Register {
  const { register, table, type, order, unit, factor, offset, none } = keys;
  const found = types[String(type)];
  if (found === undefined || !Array.isArray(unit)) throw new TypeError(`modbus opened with ${JSON.stringify(keys)}`);
  return {
    name,
    table: table as ModbusTable,
    start: Number(register),
    count: Math.max(1, found.registers),
    type: found,
    lowWordFirst: order === LOW_FIRST,
    factor: Number(factor),
    offset: Number(offset),
    conversion: unit as Conversion,
    none: none === undefined ? undefined : Number(none),
  };
}

/** The bytes of one register of this type, or of a pair, as its quantity's canonical unit. */
export function decodeRegister(bytes: Uint8Array, { type, lowWordFirst, factor, offset, conversion, none }: Register): Measured {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const written = type.read(new DataView(Uint8Array.from(lowWordFirst ? [c, d, a, b] : [a, b, c, d]).buffer));
  if (!Number.isFinite(written)) return { reason: "sentinel", detail: "the device gives a float that is no number" };
  if (written === none) return { reason: "sentinel", detail: `the device gives ${written}, which stands for nothing measured` };
  return { raw: (written * factor + offset) * conversion[0] + conversion[1] };
}

/** What one request fetches. */
export interface Block {
  readonly table: ModbusTable;
  readonly start: number;
  readonly count: number;
  readonly registers: readonly Register[];
}

/** The fewest requests, each within the protocol's limit, that ask for no more than `hole` registers or bits in a row which nobody wants. */
export function blocksOf(registers: readonly Register[], hole: number): Block[] {
  const blocks: Block[] = [];
  for (const register of registers.toSorted((a, b) => a.table.localeCompare(b.table) || a.start - b.start || a.count - b.count)) {
    const last = blocks.at(-1);
    const end = register.start + register.count;
    const joins = last?.table === register.table && register.start <= last.start + last.count + hole && end - last.start <= MOST_REGISTERS;
    if (last !== undefined && joins) {
      blocks[blocks.length - 1] = { ...last, count: Math.max(last.count, end - last.start), registers: [...last.registers, register] };
    } else {
      blocks.push({ table: register.table, start: register.start, count: register.count, registers: [register] });
    }
  }
  return blocks;
}

/** More than this many unwanted registers cost longer on a serial line than a request of their own. */
const HOLE = 8;

async function open(link: Link<"modbus">, _options: Options, taken: readonly Taken[]): Promise<Sensor> {
  const blocks = await accepted(link, blocksOf(taken.map(registerOf), HOLE));
  return { first_in_s: 0, read: () => read(link, blocks) };
}

/** A device may refuse a request over one register that it has not: such a block is fetched in pieces, at last each channel by itself. */
async function accepted(link: Link<"modbus">, blocks: readonly Block[]): Promise<Block[]> {
  const taken: Block[] = [];
  for (const block of blocks) {
    const alone = block.registers.length === 1;
    if (alone || !refused(await fetched(link, block))) taken.push(block);
    else taken.push(...(await accepted(link, piecesOf(block))));
  }
  return taken;
}

function piecesOf({ registers }: Block): Block[] {
  const pieces = blocksOf(registers, 0);
  return pieces.length > 1 ? pieces : registers.flatMap((register) => blocksOf([register], 0));
}

/** The bytes, or the refusal: that costs the channels of the block. Anything else is thrown. */
async function fetched({ bus, address }: Link<"modbus">, { table, start, count }: Block): Promise<Uint8Array | Fault> {
  try {
    const reply = await bus.read(address, table, start, count);
    const due = bytesOf(table, count);
    if (reply.length !== due) throw new Fault("sensor/malformed", `${reply.length} bytes came where ${due} were due`);
    return reply;
  } catch (error) {
    if (isFault(error) && error.code === "sensor/wrong-device") return error;
    throw error;
  }
}

const refused = (reply: Uint8Array | Fault): reply is Fault => isFault(reply);

async function read(link: Link<"modbus">, blocks: readonly Block[]): Promise<Sampled> {
  const outputs: Record<string, Measured> = {};
  let at_s: number | undefined;
  for (const block of blocks) {
    const reply = await fetched(link, block);
    at_s ??= link.clock.monotonic_s();
    for (const register of block.registers)
      outputs[register.name] = refused(reply) ? { reason: "wrong-device", detail: reply.message } : decodeRegister(cut(reply, block, register), register);
  }
  return { at_s: at_s ?? link.clock.monotonic_s(), outputs };
}

function cut(reply: Uint8Array, block: Block, { table, start, count }: Register): Uint8Array {
  const from = start - block.start;
  if (!isBits(table)) return reply.subarray(2 * from, 2 * (from + count));
  return Uint8Array.of(((reply[from >> 3] ?? 0) >> (from & 7)) & 1);
}

const LOW_FIRST = "low-word-first";

/** Keys that are fine alone and not together. */
function clash({ register, table, type, order, factor, none }: Options) {
  const { registers, low, high } = types[String(type)] ?? { registers: 1, low: 0, high: 0 };
  const bits = isBits(table as ModbusTable);
  if (bits !== (registers === 0))
    return { key: "type", problem: bits ? `a ${table} is a bit; write bool` : `registers are no bits; write one of ${numbers.join(", ")}` };
  if (registers === 2 && order === undefined)
    return { key: "order", problem: `${type} takes two registers; write high-word-first or ${LOW_FIRST}, as the manual says` };
  if (registers < 2 && order !== undefined) return { key: "order", problem: `${type} is not of two registers; leave order out` };
  if (factor === 0) return { key: "factor", problem: "0 makes every value the same; write what one step of the register is worth" };
  if (Number(register) + registers > 0x1_0000) return { key: "register", problem: `${type} does not fit behind register ${register}` };
  if (none !== undefined && !(Number(none) >= low && Number(none) <= high))
    return { key: "none", problem: `${none} is no value of ${type}; write it as the register holds it, before factor and offset` };
  return undefined;
}
const numbers = Object.keys(types).filter((type) => type !== "bool");

export const modbus: DriverEntry<"modbus"> = {
  driver: "modbus",
  title: "Any Modbus device, by its registers",
  bus: "modbus",
  outputs: {
    register: {
      many: true,
      keys: {
        register: { from: 0, to: 0xffff, whole: true },
        table: { choices: ["holding", "input", "coil", "discrete"], default: "holding" },
        type: { choices: Object.keys(types) },
        order: { choices: ["high-word-first", LOW_FIRST], optional: true },
        unit: { unitOf: "the quantity" },
        factor: { from: -1e9, to: 1e9, default: 1 },
        offset: { from: -1e9, to: 1e9, default: 0 },
        none: { from: -3.5e38, to: 3.5e38, optional: true },
      },
      problem: clash,
    },
  },
  options: {},
  fastest_s: 0.05, // of our choosing: a request over a local network takes a few milliseconds
  open,
};
