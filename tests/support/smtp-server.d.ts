/** What the tests use of a package that brings no types along. */
declare module "smtp-server" {
  import type { EventEmitter } from "node:events";
  import type { Server } from "node:net";
  import type { Readable } from "node:stream";

  export class SMTPServer extends EventEmitter {
    constructor(options: {
      readonly authOptional?: boolean;
      readonly disabledCommands?: readonly string[];
      readonly logger?: boolean;
      onData(stream: Readable, session: unknown, done: (error?: Error) => void): void;
    });
    listen(port: number, host: string): Server;
    close(done: () => void): void;
  }
}
