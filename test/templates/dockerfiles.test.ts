import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { realPart } from "./part.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = [
  "components/runner/Dockerfile",
  "components/mmdeploy/Dockerfile",
];
const engine = JSON.parse(
  readFileSync(`${ROOT}components/mmdeploy/engine.json`, "utf8"),
);
const hadolint = realPart("hadolint.mjs");

function lint(
  words: string[],
  input = "",
): { stdout: string; status: number | null } {
  const { stdout, status } = spawnSync(hadolint ?? "", words, {
    encoding: "utf8",
    input,
  });
  return { stdout, status };
}

/** Lines of a Dockerfile, those that go on joined, without comments. */
function instructions(file: string): string[] {
  const text = readFileSync(`${ROOT}${file}`, "utf8").replaceAll(
    /^\s*#.*\n/gm,
    "",
  );
  return text.replaceAll("\\\n", " ").split("\n").filter(Boolean);
}

describe.each(FILES)("%s", (file) => {
  it.skipIf(!hadolint)("is fine for hadolint", () => {
    expect(lint([`${ROOT}${file}`])).toEqual({ stdout: "", status: 0 });
  });

  it("copies only what is in the repository", () => {
    const copies = instructions(file).filter(
      (line) => line.startsWith("COPY ") && !line.includes("--from="),
    );
    const sources = copies.flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(sources.length).toBeGreaterThan(2);
    expect(sources.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

describe("the images", () => {
  it.skipIf(!hadolint)(
    "are linted by a tool that notices a shell line without care",
    () => {
      const { stdout, status } = lint(
        ["-"],
        "FROM debian\nRUN cd /tmp && sudo apt-get install x\n",
      );
      expect(status).toBe(1);
      expect(stdout).toMatch(/DL3006[\s\S]*DL3003/);
    },
  );

  it("hold every folder that the package holds", () => {
    const { files } = JSON.parse(
      readFileSync(`${ROOT}package.json`, "utf8"),
    ) as { files: string[] };
    const copied = instructions("components/runner/Dockerfile").filter((line) =>
      line.startsWith("COPY "),
    );
    expect(copied.map((line) => line.split(/\s+/).at(-1))).toEqual(
      expect.arrayContaining(files),
    );
  });

  it("have no root where no engine runs", () => {
    expect(instructions("components/runner/Dockerfile")).toContain(
      "USER 10001:10001",
    );
  });

  it("install the engine by the script of engine install, with all that it reads", () => {
    const lines = instructions("components/mmdeploy/Dockerfile");
    const { script, inputs } = engine.install;
    const copy = lines.find((line) => line.includes(`/${script} `)) ?? "";
    const copied = copy.split(/\s+/).slice(1, -1);
    expect(copied.sort()).toEqual(
      [script, ...inputs].map((name) => `components/mmdeploy/${name}`).sort(),
    );
    expect(lines.join("\n")).toContain(`sh /tmp/engine/${script} /opt/engine `);
  });
});
