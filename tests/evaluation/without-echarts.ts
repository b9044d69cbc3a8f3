/** Imported before the command line: the lean install, in which nobody finds the charts' library. */
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "echarts") throw Object.assign(new Error("Cannot find package 'echarts'"), { code: "ERR_MODULE_NOT_FOUND" });
    return next(specifier, context);
  },
});
