import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GitCheckout, gitCheckout } from "../support/git-checkout.ts";
import { realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const python = realMmdeploy() ?? "";
const trained = mkdtempSync(join(tmpdir(), "model-to-edge-trained-"));

interface World {
  store: ToyStore;
  checkout: GitCheckout;
  /** Written by whatever of the store runs. */
  marker: string;
  /** A line of Python that says that it ran. */
  runs: string;
  /** Name of the checkpoint in the store. */
  checkpoint: string;
}

/** A trained classifier: its configuration in Git, the rest in the store, with no isolation that would help. */
function world(): World {
  const store = toyStore({});
  const checkout = gitCheckout(store.cwd);
  const marker = join(store.root, "ran");
  const model = join(store.branch, "model/cls");
  cpSync(join(trained, "cls"), model, { recursive: true });
  checkout.write(
    "model/cls/config.py",
    readFileSync(join(model, "config.py"), "utf8"),
  );
  checkout.commit();

  return {
    store,
    checkout,
    marker,
    runs: `open(${JSON.stringify(marker)}, "w").close()\n`,
    checkpoint: readdirSync(model).find((name) => name.endsWith(".pth")) ?? "",
  };
}

const DATA = "version: 1\ndefaults:\n";

/** Each way in that somebody who may write to the store has; what the run then says, null where it ships. */
const ATTACKS: [
  what: string,
  says: RegExp | null,
  attack: (at: World) => void,
][] = [
  [
    "a configuration and modules",
    null,
    ({ store, runs }) => {
      for (const name of [
        "config",
        "sitecustomize",
        "usercustomize",
        "panopticapi",
        "mmdet",
      ])
        store.write(`model/cls/${name}.py`, runs);
      store.write("model/cls/__pycache__/config.cpython-311.pyc", runs);
      store.write(
        "model/cls/.local/lib/python3.11/site-packages/usercustomize.py",
        runs,
      );
    },
  ],
  [
    "a file of site-packages",
    null,
    ({ store, runs, checkpoint }) => {
      store.write("model/cls/site.pth", `import os; ${runs}`);
      store.write(
        "model/cls/conversion.yaml",
        `${DATA}  files: { checkpoint: ${checkpoint} }\n`,
      );
    },
  ],
  [
    "a module among the samples",
    /is not a picture/,
    ({ store, checkout, runs }) => {
      const config = readFileSync(
        join(store.cwd, "model/cls/config.py"),
        "utf8",
      );
      checkout.write(
        "model/cls/config.py",
        `${config}\ncustom_imports = dict(imports=["beside"])\n`,
      );
      checkout.commit();
      store.write("model/cls/beside.py", runs);
      store.write(
        "model/cls/conversion.yaml",
        `${DATA}  samples: "{samples/*,*.py}"\n`,
      );
    },
  ],
  [
    "samples that are no pictures",
    /is not a picture/,
    ({ store, runs }) => {
      store.write("model/cls/samples/evil.so", runs);
      store.write("model/cls/samples/matplotlibrc", `backend: module://evil\n`);
      store.write(
        "model/cls/conversion.yaml",
        `${DATA}  samples: "samples/*"\n`,
      );
    },
  ],
  [
    "a checkpoint that unpickles a shell",
    /it requires (posix|nt)\.system/,
    (at) => hostile(at, "os.system, f'touch {marker}'"),
  ],
  [
    "a checkpoint that Git's code loads once more",
    /something tried to unpickle/i,
    (at) => {
      const path = join(at.store.branch, "model/cls/other.pth");
      withModule(at, `import torch\ntorch.load(${JSON.stringify(path)})\n`);
      hostile(at, "os.system, f'touch {marker}'", "other.pth");
      at.store.write(
        "model/cls/conversion.yaml",
        `${DATA}  files: { checkpoint: ${at.checkpoint} }\n`,
      );
    },
  ],
  [
    "a NumPy archive that Git's code reads, and forgives",
    null,
    (at) => {
      const path = JSON.stringify(join(at.store.branch, "model/cls/prior.npz"));
      engine(
        `import os\nimport numpy as np\n${RUNS}\nmarker = ${JSON.stringify(at.marker)}\nnp.savez(${path}, a=np.array([Runs(os.system, f"touch {marker}")], dtype=object))`,
      );
      withModule(
        at,
        `import numpy\ntry:\n    numpy.load(${path}, allow_pickle=True)["a"]\nexcept Exception:\n    pass\n`,
      );
    },
  ],
];

const RUNS = `class Runs:
    def __init__(self, function, *arguments): self.call = (function, arguments)
    def __reduce__(self): return self.call
`;

/** Git's configuration imports a module of Git. */
function withModule({ store, checkout }: World, text: string): void {
  const config = readFileSync(join(store.cwd, "model/cls/config.py"), "utf8");
  const imports = 'custom_imports = dict(imports=["loads"])';
  checkout.write("model/cls/config.py", `${config}\n${imports}\n`);
  checkout.write("model/cls/loads.py", text);
  checkout.commit();
}

function engine(script: string): void {
  execFileSync(python, ["-W", "ignore", "-c", script]);
}

/** The model's checkpoint with something in it that runs when it is unpickled. */
function hostile(
  { store, marker, checkpoint }: World,
  call: string,
  name = checkpoint,
): void {
  const [from, to] = [checkpoint, name].map((file) =>
    JSON.stringify(join(store.branch, "model/cls", file)),
  );
  engine(
    `import os, torch\n${RUNS}\nmarker = ${JSON.stringify(marker)}\ndata = torch.load(${from})\ndata["x"] = Runs(${call})\ntorch.save(data, ${to})`,
  );
}

describe.skipIf(!python)("code from Git, with the real MMDeploy", () => {
  beforeAll(() => trainModel(python, "cls", join(trained, "cls"), 20), 600_000);
  afterAll(() => rmSync(trained, { recursive: true, force: true }));

  it("ships what it ships with all code in the store, with equal bytes but for the fingerprints", {
    timeout: 300_000,
  }, async () => {
    const { store } = world();
    expect((await store.run(["--code-from", "git"])).code).toBe(0);
    const { inputs, code } = store.manifest("edge/cls/manifest.json");
    expect(inputs.map(({ path }) => path).join()).not.toContain(".py");
    expect(code?.files.map(({ path }) => path)).toEqual(["config.py"]);
  });

  it.each(ATTACKS)(
    "a store pusher runs nothing: %s",
    { timeout: 300_000 },
    async (_, says, attack) => {
      const at = world();
      attack(at);
      expect(existsSync(at.marker)).toBe(false);

      const run = await at.store.run(["--code-from", "git"]);
      expect(existsSync(at.marker)).toBe(false);
      expect({ code: run.code, log: run.stdout }).toEqual({
        code: says === null ? 0 : 2,
        log: says === null ? expect.any(String) : expect.stringMatching(says),
      });
    },
  );

  it("and without code from Git the same checkpoint runs: the attack is one", {
    timeout: 300_000,
  }, async () => {
    const at = world();
    hostile(at, "os.system, f'touch {marker}'");
    await at.store.run();
    expect(existsSync(at.marker)).toBe(true);
  });
});
