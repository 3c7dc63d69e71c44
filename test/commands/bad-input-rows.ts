import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { CONFIGURATION_ROWS } from "./bad-configuration-rows.ts";
import { LAKEFS, type Row } from "./bad-input-row.ts";

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
    says: /127\.0\.0\.1:4/,
    hint: /./,
  },
  {
    what: "a proxy that does not answer",
    args: ["--store", "lakefs://vision", "--patience", "1s"],
    env: {
      ...LAKEFS,
      LAKECTL_SERVER_ENDPOINT_URL: "http://lakefs.invalid:8000",
      HTTP_PROXY: "http://127.0.0.1:1",
    },
    code: 3,
    says: /connection refused/,
    hint: /HTTP_PROXY \(127\.0\.0\.1:1\)/,
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
    what: "a folder that is not a store",
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
    says: /is a model itself but also contains models in det/,
    hint: /own folder/,
  },
  {
    what: "a folder that no engine accepts",
    wrong: (s) => s.write("model/notes/readme.txt", "x"),
    code: 2,
    says: /no engine accepts model\/notes\//,
    hint: /Engines: /,
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
  ...CONFIGURATION_ROWS,
];
