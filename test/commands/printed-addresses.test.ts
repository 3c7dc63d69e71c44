import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { commandLine } from "../support/command-line.ts";

const LOGIN = "u5er:S3cretPw99@";
const QUERY = "?sig=S3cretQuery";
const RUN = ["run", "--model-branch", "main", "--patience", "1s"];
const KEYS = {
  LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4",
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "a-key-of-nobody",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "a-secret-of-nobody",
};
const HOST = `http://${LOGIN}127.0.0.1:4/p${QUERY}`;

const ROWS: [what: string, args: string[], env: Record<string, string>][] = [
  ["a bucket", [...RUN, "--store", `s3://${LOGIN}bucket/p${QUERY}`], KEYS],
  ["a repository", [...RUN, "--store", `lakefs://${LOGIN}repo${QUERY}`], KEYS],
  ["a folder", [...RUN, "--store", `file:///nowhere${QUERY}`], {}],
  ["a web page", [...RUN, "--store", HOST], {}],
  [
    "lakeFS's address",
    [...RUN, "--store", "lakefs://repo"],
    { ...KEYS, LAKECTL_SERVER_ENDPOINT_URL: HOST },
  ],
  [
    "the S3 side",
    [...RUN, "--store", "lakefs://repo", "--s3-endpoint", HOST],
    KEYS,
  ],
  ["the settings", ["config", "--store", `lakefs://${LOGIN}repo${QUERY}`], {}],
  [
    "the settings as JSON",
    ["config", "--json", "--store", `lakefs://${LOGIN}repo${QUERY}`],
    {},
  ],
  ["the doctor", ["doctor", "--store", `lakefs://${LOGIN}repo${QUERY}`], KEYS],
  [
    "GitLab's addresses",
    [...RUN, "--store", "file:///nowhere"],
    {
      GITLAB_CI: "true",
      CI_SERVER_URL: HOST,
      CI_API_V4_URL: HOST,
      CI_PROJECT_URL: HOST,
      CI_JOB_URL: HOST,
      CI_MERGE_REQUEST_IID: "1",
    },
  ],
];

it.each(ROWS)(
  "%s is printed without user, password and query",
  async (_, args, env) => {
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));

    const { stdout, stderr } = await commandLine(args, { cwd, env });
    const files = readdirSync(cwd, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    const all = [stdout, stderr, ...files].join("\n");

    expect(all.length).toBeGreaterThan(50);
    expect(all).not.toMatch(/S3cret|u5er/);
  },
);
