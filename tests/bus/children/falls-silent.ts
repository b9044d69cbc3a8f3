/** One reading, then a blocked thread that no signal but one ends. */
process.on("SIGTERM", () => {});
process.once("message", () => {
  const at_s = Number(process.hrtime.bigint()) / 1e9;
  const agent = process.ppid;
  process.send?.({ kind: "readings", readings: [{ channel: 0, at_s, raw: 25 }] }, () => {
    while (process.ppid === agent) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  });
});
