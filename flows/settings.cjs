/** Node-RED's settings, from the environment alone: see README.md. CommonJS, as Node-RED requires its settings file. */
const http = require("node:http");
const { join } = require("node:path");
const { doorOf, guard } = require("./door.ts");
const { openStation } = require("./functions/station.ts");

const { OFFGAS_PAGE_HOST: host = "127.0.0.1", OFFGAS_PAGE_PORT: port = "1880", OFFGAS_PAGE_USER: user = "offgas" } = process.env;
const { OFFGAS_PAGE_PASSWORD_HASH: passwordHash = "", OFFGAS_CREDENTIAL_SECRET: credentialSecret = "" } = process.env;

function refuse(why) {
  process.stderr.write(`offgas flows: ${why}\n`);
  process.exit(78);
}
if (!/^\$2[aby]\$\d\d\$.{53}$/.test(passwordHash)) refuse("OFFGAS_PAGE_PASSWORD_HASH must hold a bcrypt hash of the page's password");
if (credentialSecret === "") refuse("OFFGAS_CREDENTIAL_SECRET must hold a secret of your own: Node-RED encrypts credentials with it");

// The next server that this process creates is Node-RED's: the door stands before it is told of any request.
const { createServer } = http;
http.createServer = (...args) => {
  http.createServer = createServer;
  return guard(createServer(...args), doorOf(user, passwordHash));
};

module.exports = {
  uiHost: host,
  uiPort: Number(port),
  flowFile: join(__dirname, "flows.json"),
  readOnly: true, // the flow file is generated: a change made in the editor lasts until the next start
  credentialSecret,
  httpAdminRoot: "/admin", // behind the same door; a login of its own would be a second place to guess the password at
  // An alarm page must never come from a cache: the dashboard's service worker would keep one.
  dashboard: {
    middleware: (request, response, next) => (request.path === "/sw.js" ? response.type("text/javascript").send("") : next()),
  },
  functionGlobalContext: { offgas: openStation(process.env) },
  functionExternalModules: false,
  httpRequestTimeout: 10_000,
  contextStorage: {
    default: { module: "memory" },
    file: { module: "localfilesystem", config: { flushInterval: 1 } }, // who was notified of what must outlive a restart
  },
  externalModules: { autoInstall: false, palette: { allowInstall: false, allowUpload: false }, modules: { allowInstall: false } },
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, palette: { catalogues: [] } },
  diagnostics: { enabled: false },
  runtimeState: { enabled: false },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
