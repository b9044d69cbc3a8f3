/** Says that it is well, then meets a bug. */
process.once("message", () => {
  process.send?.({ kind: "alive" }, () => {
    throw new TypeError("a bug in a driver");
  });
});
