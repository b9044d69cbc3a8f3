/** What a broker, a socket or a certificate says, as one line for a person: what was found and what to do. Never a secret. */
import type { MqttConfig } from "../contracts/station.ts";
import { Fault, type FaultCode } from "../core/faults.ts";

/** Scheme, host and port: all of the address that may be shown, since a URL can carry a password. */
export function addressOf(config: MqttConfig): string {
  const url = new URL(config.url);
  return `${url.protocol}//${url.hostname}:${portOf(url)}`;
}
export const portOf = (url: URL): number => Number(url.port || (url.protocol === "mqtts:" ? 8883 : 1883));

/** The broker has no MQTT 5: 1 is the answer of 3.1.1 brokers, 132 that of the v5 text (MQTT 5.0 section 3.2.2.2). */
export const versionRefused = (code: unknown): boolean => code === 1 || code === 132;

/** `code` of an error of mqtt.js (a reason code of the broker), of the socket or of OpenSSL. */
export function faultOfError(error: Error & { code?: unknown }, config: MqttConfig): Fault {
  const { code } = error;
  if (typeof code === "number") return faultOfConnack(code, config);
  if (typeof code === "string" && isCertificate(code)) return new Fault("sink/certificate", certificateText(code, config));
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return new Fault("sink/unreachable", `${addressOf(config)} speaks no TLS: write mqtt:// in the sink's url, or the port of the broker's TLS listener`);
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    const tls = config.url.startsWith("mqtts:") ? "with TLS, as mqtts:// says" : "without TLS, as mqtt:// says";
    return new Fault("sink/unreachable", `${addressOf(config)} broke the connection off (${code}): start the broker, or see whether its port listens ${tls}`);
  }
  const what = typeof code === "string" ? code : "the connection broke off";
  const fix =
    code === "ENOTFOUND" || code === "EAI_AGAIN"
      ? "correct the host in the sink's url, or mend name resolution"
      : "start the broker, or correct the sink's url";
  return new Fault("sink/unreachable", `no MQTT broker answers at ${addressOf(config)} (${what}): ${fix}`);
}

/** Names of X509 verification results, as OpenSSL and Node give them. */
const isCertificate = (code: string) =>
  /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|CRL|ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA|PEM)|ERR_OSSL/.test(code);

function certificateText(code: string, config: MqttConfig): string {
  const broker = `the certificate of ${addressOf(config)}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    return `${broker} is for another host (${code}): write the host that it names in the sink's url, or issue it with this one`;
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return `${broker} is not valid now (${code}): renew it, or set this machine's clock`;
  if (code.includes("CERTIFICATE_REQUIRED"))
    return `${addressOf(config)} asks for a client certificate (${code}): let its listener take a user and password instead`;
  return config.ca_file === undefined
    ? `${broker} is signed by an unknown authority (${code}): name the authority's certificate in the sink's ca_file`
    : `${broker} is not signed by the authority in ca_file ${config.ca_file} (${code}): put the certificate of the authority that signed it there`;
}

/** Reason codes of MQTT 5.0 section 2.4; 2 to 5 are the return codes of 3.1.1. */
export function faultOfConnack(code: number, config: MqttConfig): Fault {
  const broker = addressOf(config);
  const who = config.user === undefined ? "a client without a user" : `user ${config.user}`;
  const secret = config.password_file === undefined ? "name a password_file" : `put the right password in ${config.password_file}`;
  switch (code) {
    case 4:
    case 134:
      return new Fault("sink/unauthorised", `${broker} refuses user or password of ${who}: ${secret}, or correct user`);
    case 5:
    case 135:
    case 138:
      return new Fault("sink/unauthorised", `${broker} does not admit ${who}: ${secret}, or allow this user in the broker`);
    case 2:
    case 133:
      return new Fault("sink/unauthorised", `${broker} refuses the client id: allow client ids that begin with "offgas." in the broker`);
    case 137:
    case 151:
    case 159:
      return new Fault("sink/overloaded", `${broker} asks to wait (reason ${code}): raise its limits on connections or quota if this lasts`);
    default:
      return new Fault("sink/unreachable", `${broker} refuses the connection (reason ${code}): see the broker's log`);
  }
}

/** DISCONNECT of a v5 broker. 142: two clients use one client id, and would push each other out for ever. */
export function faultOfDisconnect(code: number, config: MqttConfig): Fault {
  if (code === 142) {
    return new Fault(
      "sink/unreachable",
      `another client took this station's session at ${addressOf(config)}: stop the second agent with the same site and station`,
    );
  }
  if (code === 149) return new Fault("sink/too-large", `${addressOf(config)} ends the connection as a packet is too large: raise its packet limit`);
  if (code === 150 || code === 151) return faultOfConnack(151, config);
  if (code === 135) return faultOfConnack(135, config);
  return new Fault("sink/unreachable", `${addressOf(config)} ended the connection (reason ${code}): see the broker's log`);
}

/** PUBACK of a v5 broker. 144, 149 and 153 condemn the message itself; the others may pass. */
export function faultOfPuback(
  code: number,
  topic: string,
  config: MqttConfig,
): { readonly kind: "later" | "refused"; readonly code: FaultCode; readonly why: string } {
  const broker = addressOf(config);
  switch (code) {
    case 135:
      return {
        kind: "later",
        code: "sink/unauthorised",
        why: `${broker} does not let ${config.user === undefined ? "a client without a user" : `user ${config.user}`} publish ${topic}: allow it in the broker's ACL`,
      };
    case 144:
    case 153:
      return {
        kind: "refused",
        code: "sink/refused",
        why: `${broker} refuses a message on ${topic.slice(0, 200)} (reason ${code}): see the broker's log for its rule`,
      };
    case 149:
      return { kind: "refused", code: "sink/too-large", why: `${broker} finds a message on ${topic.slice(0, 200)} too large: raise the broker's packet limit` };
    case 150:
    case 151:
      return { kind: "later", code: "sink/overloaded", why: `${broker} asks to wait (reason ${code}): raise its quota if this lasts` };
    default:
      return { kind: "later", code: "sink/server-error", why: `${broker} failed to take a message on ${topic} (reason ${code}): see the broker's log` };
  }
}
