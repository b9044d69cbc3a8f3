/** What npm's words mean to a person, for the troubles that have a remedy. The first match wins: a cause before its consequences. */
const remedies = [
  [/\b(ENOSPC|EDQUOT)\b/, "the disk is full: make room (npm's cache counts too) and run this again"],
  [/\bEROFS\b/, "a folder that npm writes to is on a read-only file system: remount it, or point npm's cache elsewhere"],
  [
    /\b(UNABLE_TO_\w+|SELF_SIGNED_CERT\w*|CERT_\w+|DEPTH_ZERO_\w+)\b/,
    "the package registry's certificate is not trusted: set npm's cafile to the certificate of your network",
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/,
    "the package registry cannot be reached: connect to the network (or set npm's proxy) and run this again",
  ],
  [/\bE40[13]\b/, "the package registry refuses access: check npm's registry and its credentials"],
  [/\bEUSAGE\b/, "package.json and package-lock.json disagree: restore both with git checkout"],
  [/\bEINTEGRITY\b/, "a downloaded package failed its checksum: run npm cache verify, then this again"],
  [/root-owned files|\b(EACCES|EPERM)\b/, "npm may not write one of its files: give the folder and npm's cache back to yourself with sudo chown"],
];

/** One line that says what to do, or undefined where npm's own last lines say more than we could. */
export const remedyFor = (words) => remedies.find(([pattern]) => pattern.test(words))?.[1];
