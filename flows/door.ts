/**
 * The one door of the web server: every request and every upgrade passes it, before Express, Node-RED or socket.io sees it. Node-RED's own
 * `httpNodeAuth` leaves the dashboard's socket.io open: it answers before Express does.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { compare } from "bcryptjs";

export type Answer = "open" | "refused" | "busy";
export type Door = (authorization: string | undefined) => Answer | Promise<Answer>;

const most_waiting = 8; // a bcrypt costs a Pi a tenth of a second: guessing must not take the core from the page

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Basic credentials against one user. What was accepted is known again by its digest, so that bcrypt runs once for each browser, not for each request. */
export function doorOf(user: string, passwordHash: string): Door {
  const expected = digest(user);
  let accepted: Buffer | undefined;
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function check(header: string): Promise<Answer> {
    const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
    const [, name = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
    // both are always computed: the time must not tell which of them was wrong
    const isPassword = await compare(password, passwordHash);
    if (!timingSafeEqual(digest(name), expected) || !isPassword) return "refused";
    accepted = digest(header);
    return "open";
  }

  return (header) => {
    if (header === undefined) return "refused";
    if (accepted !== undefined && timingSafeEqual(digest(header), accepted)) return "open";
    if (waiting >= most_waiting) return "busy";
    waiting++;
    const answer = turn.then(() => check(header)).finally(() => waiting--);
    turn = answer.catch(() => undefined);
    return answer;
  };
}

/** Browsers send Basic credentials along with what other sites ask of this one: a socket or a change must come from our own page. */
function isForeign({ method, headers }: IncomingMessage): boolean {
  const { origin, host, upgrade } = headers;
  if (origin === undefined || (upgrade === undefined && (method === "GET" || method === "HEAD"))) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

const wordsOf = { 401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests" } as const;
type Refusal = keyof typeof wordsOf;
const refusalOf: Readonly<Record<Answer, Refusal | undefined>> = { open: undefined, refused: 401, busy: 429 };
const challenge = { "WWW-Authenticate": 'Basic realm="Offgas", charset="UTF-8"' };

function judge(request: IncomingMessage, door: Door): Refusal | undefined | Promise<Refusal | undefined> {
  if (isForeign(request)) return 403;
  const answer = door(request.headers.authorization);
  return typeof answer === "string"
    ? refusalOf[answer]
    : answer.then(
        (late) => refusalOf[late],
        () => 401,
      );
}

/** The events of a server with which somebody enters, and how each is turned away. */
const entrances: Readonly<Record<string, (refusal: Refusal, answer: ServerResponse & Duplex) => void>> = {
  request: turnAway,
  checkContinue: turnAway,
  checkExpectation: turnAway,
  upgrade: hangUp,
  connect: hangUp,
};

function turnAway(refusal: Refusal, response: ServerResponse): void {
  response.writeHead(refusal, refusal === 401 ? challenge : {}).end(`${wordsOf[refusal]}\n`);
}

function hangUp(refusal: Refusal, socket: Duplex): void {
  socket.end(`HTTP/1.1 ${refusal} ${wordsOf[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Before `server` tells anyone of a request or an upgrade, the door is asked. */
export function guard(server: Server, door: Door): Server {
  const tell = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  server.emit = ((event: string, ...args: unknown[]): boolean => {
    const turn = entrances[event];
    if (turn === undefined) return tell(event, ...args);
    const [request, answer] = args as [IncomingMessage, ServerResponse & Duplex];
    answer.on("error", () => answer.destroy()); // it may go while it waits
    const enter = (refusal: Refusal | undefined) => (refusal === undefined ? tell(event, ...args) : turn(refusal, answer));
    const refusal = judge(request, door);
    if (refusal instanceof Promise) void refusal.then(enter);
    else enter(refusal);
    return true;
  }) as Server["emit"];
  return server;
}
