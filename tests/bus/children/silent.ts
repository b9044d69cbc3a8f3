/** Starts and never says a word. */
process.on("disconnect", () => process.exit());
process.on("message", () => {});
