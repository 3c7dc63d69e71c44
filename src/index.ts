/** The public API, for use as a library: the same functions as the command line's. */
export type { Context } from "./context.ts";
export type { Conversion } from "./convert/conversion.ts";
export { AppError, CheckFailed, ExternalError, UsageError } from "./errors.ts";
export { mapBranchName } from "./gitlab/branch-name.ts";
export { createLog } from "./log.ts";
export type { Manifest } from "./model/manifest.ts";
export type { Plan } from "./plan/plan.ts";
export type { Publication } from "./publish/publication.ts";
export type { Summary } from "./report/summary.ts";
export { openStore } from "./store/open.ts";
export type { Draft, Snapshot, Store } from "./store/store.ts";
export { validateFolder } from "./validate/validate-folder.ts";
export type { Verdict } from "./validate/verdict.ts";
