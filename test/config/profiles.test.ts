import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConversionYaml } from "../../src/config/conversion-yaml.ts";
import { profileNames, settingsOf } from "../../src/config/model-settings.ts";
import {
  builtInProfiles,
  policyProfiles,
  resolveProfile,
} from "../../src/config/read-profiles.ts";
import { checkAgainst } from "../../src/document/schema.ts";

const IDS = [
  ...[
    "jetson-orin-jp6.0",
    "jetson-orin-jp6.1",
    "jetson-xavier-jp5",
    "onnxruntime-mobile",
    "onnxruntime-web",
  ],
  ...[
    "openvino-2024",
    "openvino-2026",
    "raspberry-pi-5",
    "tensorrt-10",
    "tensorrt-8.5",
    "tensorrt-8.6",
    "x86-server",
  ],
];
const CAMERA = {
  id: "camera",
  title: "Our camera",
  extends: "tensorrt-8.6",
  budgets: { file_bytes: 10 },
  sources: [],
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "profiles-"));
  await writeFile(join(folder, "camera.json"), JSON.stringify(CAMERA));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (name: string, data: unknown) => {
  await writeFile(
    join(folder, name),
    typeof data === "string" ? data : JSON.stringify(data),
  );
  return policyProfiles([`./${name}`], folder);
};

describe("the profiles of this package", () => {
  it("are those that the documentation names", async () => {
    expect((await builtInProfiles()).map(({ id }) => id)).toEqual(IDS);
  });

  it.each(IDS)(
    "%s is whole, has sources that say something, and points to profiles that are there",
    async (id) => {
      const profile = (await builtInProfiles()).find((each) => each.id === id);
      if (!profile) throw new Error("missing");
      expect(await checkAgainst("profile", profile)).toEqual([]);
      expect(profile.evidence).toBe("table-only");
      expect(profile.extends).toBeUndefined();
      expect(profile.opsets["ai.onnx"]?.newest).toBeGreaterThan(10);
      expect(
        profile.sources.filter(({ remembered }) => !remembered).length,
      ).toBeGreaterThan(0);
      for (const { like } of profile.providers ?? [])
        if (like !== undefined) expect(IDS).toContain(like);
      for (const list of Object.values(profile.operators?.has ?? {}))
        expect(list).toEqual([...new Set(list)].sort());
    },
  );

  it("lie in files of their ids", async () => {
    for (const id of IDS)
      expect(await policyProfiles([id], folder)).toMatchObject({
        [id]: { id, own: null },
      });
  });
});

describe("a device of the team's own", () => {
  it("starts from a built-in one, and its own keys win", async () => {
    const known = await builtInProfiles();
    const base = known.find(({ id }) => id === "tensorrt-8.6");
    const { camera } = {
      camera: (await policyProfiles(["./camera.json"], folder))[
        "./camera.json"
      ],
    };
    if (!camera?.own || !base) throw new Error("missing");
    const resolved = resolveProfile(camera.own.table, known);
    expect(resolved).toMatchObject({
      id: "camera",
      budgets: { file_bytes: 10 },
      opsets: base.opsets,
    });
    expect(resolved.sources).toEqual(base.sources);
  });

  it("is another policy when its table changes, or the one it extends", async () => {
    const first = (await write("a.json", CAMERA))["./a.json"]?.sha256;
    const second = (
      await write("a.json", { ...CAMERA, budgets: { file_bytes: 11 } })
    )["./a.json"]?.sha256;
    const third = (
      await write("a.json", { ...CAMERA, extends: "tensorrt-10" })
    )["./a.json"]?.sha256;
    expect(new Set([first, second, third]).size).toBe(3);
    expect((await write("a.json", CAMERA))["./a.json"]?.sha256).toBe(first);
  });

  it("is the example of the documentation", async () => {
    const page = await readFile(
      new URL("../../docs/profiles.md", import.meta.url),
      "utf8",
    );
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
    expect(await write("example.json", example)).toMatchObject({
      "./example.json": { id: "camera" },
    });
    for (const id of IDS) expect(page).toContain(`\`${id}\``);
  });

  it.each([
    ["is not there", null, "it cannot be read (ENOENT)"],
    ["is not JSON", "{", "it is not JSON"],
    ["has an unknown key", { ...CAMERA, budget: {} }, "(budget)"],
    [
      "says neither what it extends nor what it runs",
      { id: "camera", title: "x", sources: [] },
      "extends",
    ],
    [
      "extends what is not there",
      { ...CAMERA, extends: "tensorrt-8.7" },
      'unknown profile "tensorrt-8.7": did you mean',
    ],
    [
      "takes a built-in id",
      { ...CAMERA, id: "x86-server" },
      "the id x86-server belongs to a built-in profile",
    ],
  ])("that %s is refused", async (_, data, says) => {
    const asked =
      data === null
        ? policyProfiles(["./none.json"], folder)
        : write("wrong.json", data);
    await expect(asked).rejects.toThrow(says);
  });
});

describe("profiles in conversion.yaml", () => {
  const parse = (text: string) =>
    parseConversionYaml(text, "conversion.yaml", ["mmdeploy"]);

  it("names line, column and the nearest id of an unknown one", async () => {
    const parsed = await parse(
      "version: 1\ndefaults:\n  profiles: [x86-server, tensorrt-8.7]\n",
    );
    const [problem] = "problems" in parsed ? parsed.problems : [];
    expect(problem).toMatchObject({ line: 3, column: 26 });
    expect(problem?.message).toContain(
      'unknown profile "tensorrt-8.7": did you mean "tensorrt-8.',
    );
  });

  it("only add up: a later layer takes nothing away, and one named twice counts once", async () => {
    const layerOf = async (file: string, text: string) => {
      const parsed = await parse(text);
      if (!("config" in parsed))
        throw new Error(JSON.stringify(parsed.problems));
      const profiles = await policyProfiles(
        profileNames(parsed.config),
        folder,
      );
      return { file, config: parsed.config, profiles };
    };
    const layers = [
      await layerOf(
        "store",
        "version: 1\ndefaults: {profiles: [x86-server]}\nmodels: {det: {profiles: [tensorrt-10]}}\n",
      ),
      await layerOf(
        "git",
        "version: 1\nmodels: {det: {profiles: [x86-server, ./camera.json]}, cls: {profiles: []}}\n",
      ),
    ];
    const ids = (name: string) =>
      settingsOf(name, layers).policy.profiles.map(({ id }) => id);
    expect(ids("det")).toEqual(["x86-server", "tensorrt-10", "camera"]);
    expect(ids("cls")).toEqual(["x86-server"]);
  });
});
