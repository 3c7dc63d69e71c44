import {
  type Environment,
  optionVariable,
} from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import { suggestion } from "../text/nearest.ts";
import { parseDuration } from "./duration.ts";
import type { OptionSpec } from "./option-spec.ts";
import { RUN_OPTIONS } from "./options.ts";

/** The settings of one run, typed; made once from flags and environment. */
export interface Settings {
  store: string;
  modelBranch: string | null;
  engine: string | null;
  models: string | null;
  config: string | null;
  codeFrom: "store" | "git";
  out: string;
  force: boolean;
  device: string;
  isolation: "auto" | "required" | "none";
  uncommitted: "fail" | "ignore";
  missingBranch: "skip" | "fail" | "create" | null;
  createBranchFrom: string;
  modelPath: string;
  edgePath: string;
  publish: "all" | "passed" | "none";
  failOn: "fail" | "warn";
  note: "update" | "new" | "quiet" | "off";
  notePictures: "link" | "upload" | "off";
  mlflow: "auto" | "required" | "off";
  tokenVariable: string;
  /** Models at the same time. */
  jobs: number | "auto";
  /** Name of the variable that holds the signing key. */
  signingKeyVariable: string;
  /** File of the public keys that are trusted; null: the one of the repository. */
  key: string | null;
  /** User of the store whose publications count without a key; null: the one of the credentials. */
  storeUser: string | null;
  requireSigned: boolean;
  /** Publish without a signature although a public key is there. */
  unsigned: boolean;
  storeWebUrl: string | null;
  s3Endpoint: string | null;
  timeoutMs: number | null;
  /** How long a store that answered before is waited for. */
  patienceMs: number;
  json: boolean;
}

/** Where a value came from, for `model-to-edge config`. */
export interface Origin {
  name: string;
  value: string | null;
  from: "flag" | "variable" | "default";
  variable: string;
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;
type Options = Pick<Environment, "option">;

/** Each option's value and where it came from. An empty variable counts as not set: templates cannot leave one out. */
export function originsOf(flags: Flags, environment: Options): Origin[] {
  return RUN_OPTIONS.map((option: OptionSpec) => {
    const variable = optionVariable(option.name);
    const flag = flags[option.name];
    if (flag !== undefined && flag !== "")
      return { name: option.name, value: String(flag), from: "flag", variable };
    const set = environment.option(option.name);
    if (set !== null)
      return {
        name: option.name,
        value: set,
        from: "variable",
        variable,
      };

    return {
      name: option.name,
      value: option.default ?? null,
      from: "default",
      variable,
    };
  });
}

/** Throws one `UsageError` that names all wrong values. */
export function readSettings(flags: Flags, environment: Options): Settings {
  const origins = originsOf(flags, environment);
  const problems = origins.flatMap((origin) => problemOf(origin));

  if (problems.length > 0)
    throw new UsageError(problems.join("; "), {
      code: "setting",
      hint: "correct it: `model-to-edge run --help` lists what is accepted",
    });

  const values = new Map(origins.map(({ name, value }) => [name, value]));
  const text = (name: (typeof RUN_OPTIONS)[number]["name"]) =>
    values.get(name) ?? null;
  const required = (name: (typeof RUN_OPTIONS)[number]["name"]) =>
    text(name) ?? "";
  const timeout = text("timeout");

  return {
    store: required("store"),
    modelBranch: text("model-branch"),
    engine: text("engine"),
    models: text("models"),
    config: text("config"),
    codeFrom: required("code-from") as Settings["codeFrom"],
    out: required("out"),
    force: text("force") === "true",
    device: deviceAsked(required("device"), text("gpu") === "true"),
    isolation: required("isolation") as Settings["isolation"],
    jobs: text("jobs") === "auto" ? "auto" : Number(required("jobs")),
    uncommitted: required("uncommitted") as Settings["uncommitted"],
    missingBranch: text("missing-branch") as Settings["missingBranch"],
    createBranchFrom: required("create-branch-from"),
    modelPath: trimSlashes(required("model-path")),
    edgePath: trimSlashes(required("edge-path")),
    publish: required("publish") as Settings["publish"],
    failOn: required("fail-on") as Settings["failOn"],
    note: required("note") as Settings["note"],
    notePictures: required("note-pictures") as Settings["notePictures"],
    mlflow: required("mlflow") as Settings["mlflow"],
    tokenVariable: required("token-variable"),
    signingKeyVariable: required("signing-key-variable"),
    key: text("key"),
    storeUser: text("store-user"),
    requireSigned: text("require-signed") === "true",
    unsigned: text("unsigned") === "true",
    storeWebUrl: text("store-web-url"),
    s3Endpoint: text("s3-endpoint"),
    timeoutMs: timeout === null ? null : parseDuration(timeout),
    patienceMs: parseDuration(required("patience")) ?? 0,
    json: text("json") === "true",
  };
}

/** Who asks for a GPU does not want the CPU for want of one. */
function deviceAsked(device: string, gpu: boolean): string {
  return gpu && device === "auto" ? "cuda:0" : device;
}

/** What must hold for a value, by what it is; the first that does not is said. */
const RULES: readonly {
  for(name: string, option: OptionSpec): boolean;
  holds(value: string): boolean;
  must: string;
}[] = [
  {
    for: (_, { type }) => type === "flag",
    holds: (value) => ["true", "false"].includes(value),
    must: "must be true or false",
  },
  {
    for: (_, { type }) => type === "duration",
    holds: (value) => parseDuration(value) !== null,
    must: "must be a duration such as 90s, 45m or 1h30m",
  },
  {
    for: (name) => name === "device",
    holds: (value) => /^(auto|cpu|cuda:\d+)$/.test(value),
    must: "must be auto, cpu or cuda:N",
  },
  {
    for: (name) => name === "jobs",
    holds: (value) => /^(auto|[1-9]\d{0,2})$/.test(value),
    must: "must be a number from 1 to 999, or auto",
  },
  {
    for: (name) => name.endsWith("-path"),
    holds: isPlainPath,
    must: "must be a path inside the branch",
  },
];

function problemOf({ name, value, from, variable }: Origin): string[] {
  const option: OptionSpec | undefined = RUN_OPTIONS.find(
    (candidate) => candidate.name === name,
  );

  if (name === "store" && value === null)
    return [`--store (or ${variable}) is needed, such as lakefs://vision`];
  if (!option || value === null) return [];

  const where = from === "variable" ? `${variable} (--${name})` : `--${name}`;
  const said = JSON.stringify(value);

  if (option.choices && !option.choices.includes(value))
    return [`${where} cannot be ${said}: ${suggestion(value, option.choices)}`];

  // Not with its value: somebody may have put the secret itself there.
  if (name.endsWith("-variable") && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    return [
      `${where} must be the name of a variable, never a ${name === "token-variable" ? "token" : "key"} itself`,
    ];

  const broken = RULES.find(
    (rule) => rule.for(name, option) && !rule.holds(value),
  );

  return broken ? [`${where} ${broken.must}, not ${said}`] : [];
}

function isPlainPath(path: string): boolean {
  const parts = trimSlashes(path).split("/");
  return parts.every(
    (part) =>
      part !== "" && part !== "." && part !== ".." && !part.startsWith("."),
  );
}

function trimSlashes(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, "");
}
