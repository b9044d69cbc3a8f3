/** A real SMTP server that keeps what it is sent, and can be told to refuse. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { SMTPServer } from "smtp-server";

export interface Letter {
  readonly subject: string;
  /** Everything below the headers, decoded. */
  readonly text: string;
  readonly headers: string;
  readonly at_ms: number;
}

export interface SmtpSink {
  readonly port: number;
  readonly letters: readonly Letter[];
  /** Letters that it was offered while it refused. */
  refused(): number;
  refuse(whether: boolean): void;
}

export async function startSmtp(t: Pick<TestContext, "after">): Promise<SmtpSink> {
  const letters: Letter[] = [];
  let refusing = false;
  let refused = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        if (refusing) {
          refused++;
          return done(Object.assign(new Error("come back later"), { responseCode: 451 }));
        }
        letters.push(letterOf(Buffer.concat(chunks).toString("utf8")));
        done();
      });
    },
  });
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return {
    port: (listening.address() as AddressInfo).port,
    letters,
    refused: () => refused,
    refuse(whether) {
      refusing = whether;
    },
  };
}

function letterOf(raw: string): Letter {
  const end = raw.indexOf("\r\n\r\n");
  const headers = raw.slice(0, end).replace(/\r\n[ \t]+/g, " ");
  const body = raw.slice(end + 4);
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(headers)?.[1];
  const text = encoding === "base64" ? Buffer.from(body, "base64").toString("utf8") : encoding === "quoted-printable" ? unquoted(body) : body;
  const subject = /^Subject: (.*)$/im.exec(headers)?.[1] ?? "";
  return { headers, text, subject: decodedWords(subject), at_ms: Date.now() };
}

const unquoted = (text: string): string =>
  Buffer.from(
    text.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

const decodedWords = (text: string): string =>
  text
    .replace(/\?= =\?/g, "?==?")
    .replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind, word) =>
      /b/i.test(kind) ? Buffer.from(word, "base64").toString("utf8") : unquoted(word.replaceAll("_", " ")),
    );
