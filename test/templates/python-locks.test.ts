import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDERS = [
  "components/mmdeploy",
  "components/sklearn",
  "components/tensorflow",
  "components/torch",
  "scripts/parts",
  "test/python",
  "test/real",
];
const lists = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".in"))
    .map((name) => join(folder, name)),
);

const read = (path: string) => readFileSync(path, "utf8");
const nameOf = (pin: string) => pin.toLowerCase().replaceAll(/[-_.]+/g, "-");
/** Name, extras, version. */
const PIN = /^([A-Za-z0-9._-]+)(\[[a-z0-9,-]+\])?==([A-Za-z0-9.+]+)/;

/** Each package of a lock with what stands after its name, its hashes too. */
function locked(path: string): Map<string, string> {
  const entries = read(path).split(/\n(?=\S)/);
  return new Map(
    entries
      .filter((entry) => entry.trim() !== "")
      .map((entry) => [nameOf(PIN.exec(entry)?.[1] ?? entry), entry]),
  );
}

/** `name==version` of a list, without comments. */
function pinned(path: string): string[] {
  return read(path)
    .split("\n")
    .map((line) => line.replace(/\s*#.*/, "").trim())
    .filter((line) => line !== "");
}

describe("lists of Python packages", () => {
  it("there are some", () => expect(lists.length).toBeGreaterThan(6));

  it.each(lists)(
    "%s names one version of each, and its lock has the same with a hash of each file",
    (list) => {
      const lock = locked(list.replace(/\.in$/, ".txt"));
      for (const pin of pinned(list)) {
        const [, name = "", extras = "", version = ""] = PIN.exec(pin) ?? [];
        expect(pin).toBe(`${name}${extras}==${version}`);
        expect(lock.get(nameOf(name))).toContain(`==${version} `);
      }
      for (const entry of lock.values()) {
        expect(entry).toMatch(PIN);
        expect(entry).toMatch(/--hash=sha256:[0-9a-f]{64}/);
      }
    },
  );

  it("pip installs from locks alone, and checks the hashes", () => {
    const files = [
      "components/mmdeploy/install.sh",
      "components/mmdeploy/build-mmcv.sh",
    ].concat(
      readdirSync("scripts/parts")
        .filter((name) => name.endsWith(".mjs"))
        .map((name) => join("scripts/parts", name)),
    );
    const calls = files.flatMap((file) =>
      read(file)
        .replaceAll(/\\\n/g, " ")
        .split("\n")
        .filter((line) => /-m pip (install|wheel|download)/.test(line)),
    );
    expect(calls.length).toBeGreaterThan(2);
    for (const call of calls)
      expect(call).toMatch(/--require-hashes|--no-index/);
  });
});
