/**
 * The agent's own health: one more sensor on the same path. Fields of the measurement `agent`, all floats.
 * Fields marked `bus` are written once per bus with the tag `bus`; the others once per station.
 */
export const healthFields = {
  backlog_samples: { per: "station", means: "samples that the slowest durable sink has not taken" },
  spool_MiB: { per: "station", means: "size of the spool on disk" },
  evicted_samples: { per: "station", means: "samples that the budget pushed out undelivered, since the spool began" },
  dropped_samples: { per: "station", means: "samples that fell out of memory while the disk stalled or was full, since start" },
  set_aside_pieces: { per: "station", means: "pieces of the spool that could not be read and were set aside, since the spool began" },
  dead_letters: { per: "station", means: "lines that a sink will never take, since the spool began" },
  refused_commands: { per: "station", means: "commands over MQTT that were refused or dropped, since start" },
  dropped_readings: { per: "station", means: "readings dropped for duplicate or backward time, since start" },
  loop_delay_p99_ms: { per: "station", means: "event loop delay of the deciding process over the last period" },
  loop_delay_max_ms: { per: "station", means: "its maximum" },
  resident_MiB: { per: "station", means: "resident memory of the deciding process" },
  clock_offset_ms: { per: "station", means: "wall clock minus the clock that stamps samples" },
  uptime_s: { per: "station", means: "seconds since start" },
  reads: { per: "bus", means: "completed sensor readings since start" },
  read_faults: { per: "bus", means: "failed sensor readings since start" },
  bus_restarts: { per: "bus", means: "times the bus process was ended and started again" },
  skipped_readings: {
    per: "bus",
    means: "values of an MQTT topic or CSV file that came too fast, or in one burst with a newer one; absent while there were none",
  },
} as const;

export type HealthField = keyof typeof healthFields;

export interface AgentHealth {
  readonly at_s: number;
  readonly bus?: string;
  readonly values: Readonly<Partial<Record<HealthField, number>>>;
}
