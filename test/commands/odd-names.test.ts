import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { shellQuote } from "../../src/text/shell-quote.ts";
import {
  GOOD_WEIGHTS,
  goodAndOdd,
  type ToyStore,
  toyStore,
} from "../support/toy-store.ts";

type Make = (store: ToyStore, folder: string) => void | Promise<void>;

/** Each makes the model `odd` one that cannot be read; what is said of it. */
const ODD: [what: string, says: RegExp, make: Make][] = [
  [
    "a pipe",
    /pipe .* neither a file nor a folder/,
    (_, folder) => {
      pipe(join(folder, "pipe"));
    },
  ],
  [
    "a pipe as conversion.yaml",
    /conversion.yaml .* neither a file/,
    (_, folder) => {
      pipe(join(folder, "conversion.yaml"));
    },
  ],
  [
    "a socket",
    /socket .* neither a file nor a folder/,
    (_, folder) => listen(join(folder, "socket")),
  ],
  [
    "a link to nothing",
    /gone .* dangling link/,
    (_, folder) => {
      symlinkSync("nowhere", join(folder, "gone"));
    },
  ],
  [
    "a link to itself",
    /round .* cannot be read .ELOOP/,
    (_, folder) => {
      symlinkSync("round", join(folder, "round"));
    },
  ],
  [
    "a link to the folder above",
    /up .* link to a folder above it/,
    (_, folder) => {
      symlinkSync("..", join(folder, "up"));
    },
  ],
  [
    "a link that leaves the branch",
    /out .* leaves its folder/,
    (_, folder) => {
      symlinkSync("/etc/hostname", join(folder, "out"));
    },
  ],
  [
    "a name that is not UTF-8",
    /not UTF-8/,
    (_, folder) => {
      writeFileSync(
        Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]),
        "x",
      );
    },
  ],
  [
    "a line break in a name",
    /control character/,
    (_, folder) => {
      writeFileSync(join(folder, "a\nb"), "x");
    },
  ],
  [
    "a conversion.yaml that is not YAML",
    /conversion.yaml:1/,
    (_, folder) => {
      writeFileSync(join(folder, "conversion.yaml"), "{");
    },
  ],
  [
    "a conversion.yaml of 10 MB",
    /conversion.yaml is larger than/,
    (_, folder) => {
      writeFileSync(join(folder, "conversion.yaml"), "#".repeat(10 << 20));
    },
  ],
  [
    "a conversion.yaml that loosens",
    /loosens/,
    (_, folder) => {
      writeFileSync(
        join(folder, "conversion.yaml"),
        "version: 1\ndefaults: { validate: { off: [shapes] } }\n",
      );
    },
  ],
  [
    "limits that the store raises",
    /loosens .* limits.depth/,
    (_, folder) => {
      writeFileSync(
        join(folder, "conversion.yaml"),
        "version: 1\ndefaults: { limits: { depth: 99 } }\n",
      );
    },
  ],
  [
    "a last_checkpoint of 1 MB beside two checkpoints",
    /last_checkpoint is larger than/,
    (store, folder) => {
      writeFileSync(join(folder, "last_checkpoint"), "x".repeat(1 << 20));
      store.write("model/odd/other.weights", GOOD_WEIGHTS);
    },
  ],
];

describe("one odd file in a store of folders", () => {
  it.each(ODD)(
    "%s refuses that model by name, and the others ship",
    async (_, says, make) => {
      const store = toyStore({ good: {}, odd: {} });
      await make(store, join(store.branch, "model/odd"));

      const run = await store.run(["--publish", "passed"]);
      expect(goodAndOdd(store, run)).toEqual({
        code: 2,
        good: true,
        odd: expect.stringMatching(says),
      });
      expect(store.exists("edge/good/manifest.json")).toBe(true);
    },
  );

  it("names that are odd and can be files ship", {
    timeout: 600_000,
  }, async () => {
    const names = [
      "back\\slash",
      "end.",
      "end ",
      "检".repeat(26),
      "..a",
      "-x",
      "a'b",
    ];
    const store = toyStore(Object.fromEntries(names.map((name) => [name, {}])));
    const run = await store.run();
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    for (const name of names) {
      expect(store.exists(`edge/${name}/manifest.json`)).toBe(true);
      const verdict = store.read(`evidence/${name}/verdict.json`);
      expect(JSON.parse(verdict).reproduce).toBe(
        `model-to-edge validate ${shellQuote(`edge/${name}/`)} --evidence ${shellQuote(`evidence/${name}/`)}`,
      );
    }
  });

  it.each([
    ["29 Chinese characters", "检".repeat(29), /takes 261 bytes/],
    ["a line break", "a\nb", /control character/],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0xff]), /not UTF-8/],
  ])("a model of %s is refused, and the others ship", async (_, name, says) => {
    const store = toyStore({ good: {} });
    const folder = Buffer.concat([
      Buffer.from(`${store.branch}/model/`),
      Buffer.from(name),
    ]);
    mkdirSync(folder);
    for (const file of ["model.json", "toy.weights"])
      writeFileSync(
        Buffer.concat([folder, Buffer.from(`/${file}`)]),
        store.read(`model/good/${file}`),
      );

    const run = await store.run(["--publish", "passed"]);
    const [first, second] = store
      .summary()
      .models.toSorted((a, b) => Number(b.ships) - Number(a.ships));
    expect({
      code: run.code,
      good: first?.ships,
      odd: second?.sentence,
    }).toEqual({
      code: 2,
      good: true,
      odd: expect.stringMatching(says),
    });
  });

  it("limits count before anything is downloaded, and Git raises them", async () => {
    const store = toyStore({ good: {}, odd: {} });
    const deep = "samples/a/b/c/x.json";
    store.write(`model/odd/${deep}`, "[1, 2, 3, 4]");
    const config = (depth: number) =>
      writeFileSync(
        join(store.cwd, "conversion.yaml"),
        `version: 1\nmodels:\n  odd:\n    samples: "**/*.json"\n    files: { config: model.json }\n    limits: { depth: ${depth} }\n`,
      );
    config(3);
    await store.run(["--publish", "passed"]);
    expect(
      store.summary().models.map(({ reasons }) => reasons[0]?.code),
    ).toEqual([undefined, "model-too-large"]);
    config(6);
    expect((await store.run()).code).toBe(0);
  });
});

function pipe(path: string): void {
  const make = "mkfifo";
  execFileSync(make, [path]);
}

function listen(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });

  return new Promise((resolve) => {
    server.listen(path, resolve);
  });
}
