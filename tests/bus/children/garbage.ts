/** Says something that is no reading. */
process.on("disconnect", () => process.exit());
process.once("message", () => process.send?.({ kind: "readings", readings: [{ channel: 0, at_s: "soon", raw: 1 }] }));
