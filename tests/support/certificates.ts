/** A throw-away authority and a server certificate, made by openssl. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  /** The authority that signed `cert`. */
  readonly ca: string;
  /** Another authority, which signed nothing. */
  readonly otherCa: string;
  readonly cert: string;
  readonly key: string;
}

/** Paths of PEM files in `folder`. `names` as openssl writes subject alternative names. */
export function makeCertificates(folder: string, names = "DNS:localhost,IP:127.0.0.1"): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const makeKey = (name: string) => openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name);
  const makeCa = (name: string) => {
    makeKey(`${name}.key`);
    const extensions = ["-addext", "basicConstraints=critical,CA:TRUE,pathlen:0", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    openssl("req", "-x509", "-new", "-key", `${name}.key`, "-sha256", "-days", "3650", "-subj", `/CN=${name}`, ...extensions, "-out", `${name}.crt`);
  };
  makeCa("ca");
  makeCa("other-ca");
  makeKey("server.key");
  openssl("req", "-new", "-key", "server.key", "-subj", "/CN=localhost", "-out", "server.csr");
  const lines = [`subjectAltName=${names}`, "extendedKeyUsage=serverAuth", "keyUsage=critical,digitalSignature", "basicConstraints=CA:FALSE"];
  writeFileSync(at("server.ext"), `${lines.join("\n")}\n`);
  const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "825", "-sha256", "-extfile", "server.ext"];
  openssl("x509", "-req", "-in", "server.csr", ...signing, "-out", "server.crt");
  return { ca: at("ca.crt"), otherCa: at("other-ca.crt"), cert: at("server.crt"), key: at("server.key") };
}
