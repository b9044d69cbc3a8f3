/** Says far too much, each word well-formed. */
process.on("disconnect", () => process.exit());
process.once("message", function more() {
  for (let n = 0; n < 100; n++) process.send?.({ kind: "alive" });
  setImmediate(more);
});
