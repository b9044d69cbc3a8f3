/** What the deciding thread and the store worker say to each other. */
import type { ProvenCommand, Reply } from "../contracts/command.ts";
import { type Entry, laneOf } from "../core/entry.ts";
import type { FaultCode } from "../core/faults.ts";
import { blockOver, bufferOf, capacityOf, type SampleBlock } from "./block.ts";
import type { StoreStatus } from "./store.ts";

/** What is committed together. */
export interface Parcel {
  /** Rises by one per parcel; the worker acknowledges in order. */
  readonly seq: number;
  blocks: readonly SampleBlock[];
  /** All but samples. */
  entries: readonly Entry[];
  /** Channels that the station file does not name, numbered after those that it does. */
  readonly extraChannels: readonly string[];
}

export interface PackedParcel extends Omit<Parcel, "blocks"> {
  readonly blocks: readonly { readonly buffer: ArrayBuffer; readonly capacity: number; readonly count: number }[];
}

export type ToWorker =
  | { readonly type: "parcel"; readonly parcel: PackedParcel }
  | { readonly type: "answered"; readonly number: number; readonly reply: Reply | undefined }
  | { readonly type: "close"; readonly within_s: number };

/** What only the worker knows. */
export type WorkerStatus = Omit<StoreStatus, "uncommitted">;

export type FromWorker =
  | { readonly type: "opened"; readonly boot: number; readonly lastStamp_ns: bigint }
  | { readonly type: "failed"; readonly code: FaultCode; readonly message: string }
  | { readonly type: "received"; readonly seq: number }
  | { readonly type: "committed"; readonly seq: number }
  | { readonly type: "status"; readonly status: WorkerStatus }
  | { readonly type: "asked"; readonly number: number; readonly command: ProvenCommand }
  | { readonly type: "closed"; readonly complete: boolean };

export const packed = ({ blocks, ...rest }: Parcel): PackedParcel => ({
  ...rest,
  blocks: blocks.map((block) => ({ buffer: bufferOf(block), capacity: capacityOf(block), count: block.count })),
});

export const unpacked = ({ blocks, ...rest }: PackedParcel): Parcel => ({
  ...rest,
  blocks: blocks.map(({ buffer, capacity, count }) => blockOver(buffer, capacity, count)),
});

export const samplesIn = (parcel: Pick<Parcel, "blocks">): number => parcel.blocks.reduce((sum, block) => sum + block.count, 0);
export const sizeOf = (parcel: Pick<Parcel, "blocks" | "entries">): number => samplesIn(parcel) + parcel.entries.length;
export const isRecord = (entry: Entry): boolean => laneOf[entry.type] === "record";
