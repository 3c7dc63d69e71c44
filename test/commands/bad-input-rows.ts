import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GOOD_WEIGHTS, type ToyStore } from "../support/toy-store.ts";

export interface Row {
  what: string;
  /** What the user did wrong, after a good model was published. */
  wrong?: (store: ToyStore) => void;
  args?: string[];
  env?: Record<string, string>;
  code: 1 | 2 | 3 | 70;
  says: RegExp;
  hint: RegExp;
}

const LAKEFS = {
  LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:9",
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "not-a-secret-for-tests",
};
const config = (change: Record<string, unknown>) => (store: ToyStore) =>
  store.write(
    "model/det/model.json",
    JSON.stringify({ channels: 4, ...change }),
  );
const yaml = (text: string) => (store: ToyStore) =>
  writeFileSync(join(store.cwd, "conversion.yaml"), text);

/** What a user can get wrong, with what the run must answer. */
export const ROWS: Row[] = [
  {
    what: "a store without a scheme",
    args: ["--store", "vision"],
    code: 2,
    says: /vision/,
    hint: /lakefs:\/\//,
  },
  {
    what: "a misspelt scheme",
    args: ["--store", "lakfs://x"],
    code: 2,
    says: /lakfs/,
    hint: /lakefs/,
  },
  {
    what: "an unknown scheme",
    args: ["--store", "ftp://x"],
    code: 2,
    says: /ftp/,
    hint: /lakefs:\/\//,
  },
  {
    what: "a branch in the store's URL",
    args: ["--store", "lakefs://x/main"],
    code: 2,
    says: /main/,
    hint: /--model-branch/,
  },
  {
    what: "a server that does not answer",
    args: ["--store", "lakefs://vision"],
    env: LAKEFS,
    code: 3,
    says: /127\.0\.0\.1:9/,
    hint: /./,
  },
  {
    what: "no credentials",
    args: ["--store", "lakefs://vision"],
    env: { HOME: "/nonexistent" },
    code: 2,
    says: /credential|endpoint|LAKECTL/i,
    hint: /LAKECTL_/,
  },
  {
    what: "a folder that is no store",
    args: ["--store", "file:///nonexistent/store"],
    code: 2,
    says: /nonexistent/,
    hint: /./,
  },
  {
    what: "a branch that does not exist",
    args: ["--model-branch", "nope"],
    code: 2,
    says: /no branch nope/,
    hint: /--missing-branch create/,
  },
  {
    what: "a branch name that none can have",
    args: ["--model-branch", "a b/../c"],
    code: 2,
    says: /a b/,
    hint: /./,
  },
  {
    what: "no model/",
    wrong: (s) => rmSync(join(s.branch, "model"), { recursive: true }),
    args: ["--model-path", "nothing"],
    code: 2,
    says: /nothing/,
    hint: /--model-path/,
  },
  {
    what: "no configuration",
    wrong: (s) => rmSync(join(s.branch, "model/det/model.json")),
    args: ["--engine", "toy"],
    code: 2,
    says: /model\/det\/ has no config/,
    hint: /conversion\.yaml/,
  },
  {
    what: "no checkpoint",
    wrong: (s) => rmSync(join(s.branch, "model/det/toy.weights")),
    args: ["--engine", "toy"],
    code: 2,
    says: /model\/det\/ has no checkpoint/,
    hint: /files: \{ checkpoint/,
  },
  {
    what: "two checkpoints",
    wrong: (s) => s.write("model/det/b.weights", GOOD_WEIGHTS),
    code: 2,
    says: /2 files that could be the checkpoint/,
    hint: /files: \{ checkpoint: "b\.weights"/,
  },
  {
    what: "a model beside models",
    wrong: (s) => s.write("model/toy.weights", GOOD_WEIGHTS),
    code: 2,
    says: /is a model itself and has models in det/,
    hint: /own folder/,
  },
  {
    what: "a folder that no engine accepts",
    wrong: (s) => s.write("model/notes/readme.txt", "x"),
    code: 2,
    says: /no engine accepts model\/notes\//,
    hint: /engines: /,
  },
  {
    what: "an unknown engine",
    args: ["--engine", "mmdeplyo"],
    code: 2,
    says: /unknown engine "mmdeplyo"/,
    hint: /mmdeploy/,
  },
  {
    what: "an engine that is not installed",
    wrong: (s) => {
      s.write("model/det/config.py", "");
      s.write("model/det/x.pth", "");
    },
    args: ["--engine", "mmdeploy"],
    env: { MODEL_TO_EDGE_CACHE: join(tmpdir(), "no-such-cache") },
    code: 2,
    says: /engine mmdeploy is not installed/,
    hint: /model-to-edge engine install mmdeploy/,
  },
  {
    what: "an unknown key in conversion.yaml",
    wrong: yaml("version: 1\nmodels:\n  det:\n    sampels: x\n"),
    code: 2,
    says: /conversion\.yaml:4:5 unknown key "sampels": did you mean "samples"/,
    hint: /docs\/configuration/,
  },
  {
    what: "a wrong type in conversion.yaml",
    wrong: yaml("version: 1\nmodels:\n  det:\n    samples: 3\n"),
    code: 2,
    says: /conversion\.yaml:4:14 .*string/,
    hint: /./,
  },
  {
    what: "conversion.yaml in the store that loosens",
    wrong: (s) =>
      s.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults: {validate: {off: [shapes]}}\n",
      ),
    code: 2,
    says: /loosens what a model must meet: validate\.off/,
    hint: /conversion\.yaml of the repository/,
  },
  {
    what: "conversion.yaml in the store that names a device of one's own",
    wrong: (s) =>
      s.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults: {profiles: [./camera.json]}\n",
      ),
    code: 2,
    says: /names a device of your own, \.\/camera\.json/,
    hint: /conversion\.yaml of the repository/,
  },
  {
    what: "an unknown device profile",
    wrong: yaml("version: 1\ndefaults:\n  profiles: [tensorrt-8.7]\n"),
    code: 2,
    says: /conversion\.yaml:3:14 unknown profile "tensorrt-8\.7": did you mean "tensorrt-8\.\d"/,
    hint: /docs\/configuration/,
  },
  {
    what: "a --config that is not there",
    args: ["--config", "nope.yaml"],
    code: 2,
    says: /nope\.yaml cannot be read/,
    hint: /--config/,
  },
  {
    what: "an option that the engine does not know",
    wrong: yaml("version: 1\ndefaults:\n  toy: {opste: 13}\n"),
    code: 2,
    says: /opste/,
    hint: /conversion\.yaml/,
  },
  {
    what: "a checkpoint that does not fit",
    wrong: config({ misbehave: "mismatch" }),
    code: 1,
    says: /old_/,
    hint: /./,
  },
  {
    what: "wrong weights",
    wrong: config({ misbehave: "wrong-weights" }),
    code: 1,
    says: /may not ship/,
    hint: /reproduce: model-to-edge run/,
  },
  {
    what: "an engine that crashes",
    wrong: config({ misbehave: "crash" }),
    code: 3,
    says: /toy/,
    hint: /./,
  },
  {
    what: "an engine that hangs",
    wrong: config({ misbehave: "hang" }),
    args: ["--timeout", "4s"],
    code: 3,
    says: /4 s|time/,
    hint: /timeout/,
  },
  {
    what: "an engine that forks and hangs",
    wrong: config({ misbehave: "fork-and-hang" }),
    args: ["--timeout", "4s"],
    code: 3,
    says: /4 s|time/,
    hint: /timeout/,
  },
  {
    what: "an engine that writes garbage",
    wrong: config({ misbehave: "garbage" }),
    code: 70,
    says: /not JSON/,
    hint: /./,
  },
  {
    what: "an engine without a result",
    wrong: config({ misbehave: "no-result" }),
    code: 70,
    says: /result/,
    hint: /engine\.log/,
  },
];
