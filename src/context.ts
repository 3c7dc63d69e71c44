import type { Environment } from "./environment/environment.ts";
import type { Log } from "./log/log.ts";

/** What a function may use of the world. Made once by `cli.ts`; functions ask for `Pick<Context, …>`. */
export interface Context {
  environment: Environment;
  cwd: string;
  home: string;
  /** Folder for what can be made again, such as downloads. */
  cache: string;
  /** Folder of the environments of engines. */
  engines: string;
  /** Folder of this package: holds `schemas/`, `components/`, `package.json`. */
  root: string;
  /** The file that the validation's child process runs. */
  worker: string;
  version: string;
  /** Where the documentation's pages are, without a `/` at the end: of this version, in the component's project. */
  docs: string;
  /** Of Node. */
  nodeVersion: string;
  log: Log;
  /** What a person chooses in place of the output folder, such as `another folder`; absent where `--out` names it. */
  otherOut?: string;
  fetch: typeof fetch;
  now(): Date;
  /** Aborted on SIGTERM, SIGINT and at the deadline; its reason is an `AppError`. */
  signal: AbortSignal;
}
