import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HandoverRecord } from "../../src/registry/handover/record.ts";
import { commandLine } from "../support/command-line.ts";
import { webautoStandIn } from "../support/webauto-stand-in.ts";
import { MODEL, published, setUp } from "./promoting.ts";

export const BUILT_IN =
  "{name: webauto, with: {project_id: prj, package_id: pkg}}";
/** What makes the model: what is said about it stays in the registry. */
export const FILES = [
  "contract.json",
  "deploy.json",
  "model.json",
  "t4base.onnx",
  "toy.weights",
];

/** A published model with this `handover:`, and a stand-in for webauto on the PATH of its promotion. */
export async function handingOver(handover: string) {
  const { store, registry } = setUp();
  const say = (text: string) =>
    writeFileSync(
      join(store.cwd, "conversion.yaml"),
      `version: 1\nmodels:\n  det:\n    release: {algorithm: CenterPoint, name: t4base}\n    handover:\n${text
        .split("\n")
        .map((line) => `      - ${line}\n`)
        .join("")}`,
    );
  const webauto = webautoStandIn(store.root);
  const secrets = {
    LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "store-secret-1234",
    AWS_SECRET_ACCESS_KEY: "bucket-secret-1234",
    CI_JOB_TOKEN: "job-token-1234",
    MODEL_TO_EDGE_TOKEN: "glpat-note-1234",
    WEBAUTO_LOGIN: "webauto-login-1234",
  };
  const args = ["--store", store.url, "--model", "det"];
  let child: ChildProcess | null = null;
  const promote = (...more: string[]) =>
    commandLine(["promote", ...args, "--to", `file://${registry}`, ...more], {
      cwd: store.cwd,
      env: { ...secrets, PATH: `${webauto.bin}:${process.env.PATH}` },
      started: (process) => {
        child = process;
      },
    });
  const killed = async (filename: string) => {
    const ended = promote();
    while (!sent(webauto).includes(filename)) await sleep(50);
    child?.kill("SIGKILL");
    return (await ended).signal;
  };
  say(handover);
  await published(store);
  const record = (name = "webauto"): HandoverRecord =>
    JSON.parse(
      readFileSync(
        join(registry, MODEL, `.notes/1.0.0/handover-${name}.json`),
        "utf8",
      ),
    );

  return { store, registry, promote, killed, webauto, say, record };
}

/** Names of the files that it was called with, in order. */
export const sent = (webauto: ReturnType<typeof webautoStandIn>) =>
  webauto.calls().map(({ argv }) => argv[argv.indexOf("--filename") + 1]);
