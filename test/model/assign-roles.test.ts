import { describe, expect, it } from "vitest";
import type { AcceptedFile } from "../../src/engine/protocol.ts";
import { assignRoles } from "../../src/model/assign-roles.ts";

const accepts: AcceptedFile[] = [
  { role: "config", glob: "*.py", count: "one", preferred: "config.py" },
  { role: "checkpoint", glob: "*.pth", count: "one" },
  { role: "support", glob: "**/*.py", count: "many" },
];
const assign = (
  paths: string[],
  chosen: Record<string, string> = {},
  named: string[] = [],
  lastCheckpoint: string | null = null,
) =>
  assignRoles({
    folder: "model/det",
    modelName: "det",
    paths,
    accepts,
    chosen,
    named: new Set(named),
    lastCheckpoint,
  });
const roles = (...question: Parameters<typeof assign>) => {
  const assigned = assign(...question);
  if ("failure" in assigned) throw new Error(assigned.failure.message);
  return Object.fromEntries(assigned.roles);
};
const failure = (...question: Parameters<typeof assign>) => {
  const assigned = assign(...question);
  if ("roles" in assigned) throw new Error("was accepted");
  return assigned.failure;
};

describe("roles of a model's files", () => {
  it("follow the engine's globs", () => {
    expect(roles(["config.py", "e.pth", "lib/a.py", "notes.txt"])).toEqual({
      "config.py": "config",
      "e.pth": "checkpoint",
      "lib/a.py": "support",
    });
  });

  it("prefer the file of the name that the engine prefers, beside others", () => {
    expect(roles(["a.py", "config.py", "tinynet.py", "e.pth"])).toEqual({
      "a.py": "support",
      "config.py": "config",
      "tinynet.py": "support",
      "e.pth": "checkpoint",
    });
  });

  it("take a configuration of another name where it is the only one", () => {
    expect(roles(["rtmdet.py", "e.pth"])["rtmdet.py"]).toBe("config");
  });

  it("leave out a file that an option names", () => {
    expect(
      roles(["config.py", "deploy.py", "e.pth"], {}, ["deploy.py"])[
        "deploy.py"
      ],
    ).toBe("option");
    expect(
      failure(["config.py", "e.pth"], {}, ["deploy.py"]).message,
    ).toContain("model/det/deploy.py does not exist");
  });

  it("say which file is missing and how to name it", () => {
    expect(failure(["config.py"])).toMatchObject({
      kind: "input",
      code: "file-missing",
      message: "model/det/ has no checkpoint: no file matches *.pth",
    });
  });

  it("say which files compete, and the line that chooses", () => {
    const { code, message, hint } = failure(["config.py", "a.pth", "b.pth"]);
    expect([code, message]).toEqual([
      "file-ambiguous",
      "model/det/ has 2 files that could be the checkpoint: a.pth, b.pth",
    ]);
    expect(hint).toContain(
      'models: { "det": { files: { checkpoint: "a.pth" } } }',
    );
  });

  it.each([
    [["epoch_2.pth", "epoch_10.pth", "epoch_9.pth"], "epoch_10.pth"],
    [["iter_800.pth", "iter_16000.pth"], "iter_16000.pth"],
    [
      ["best_coco_bbox_mAP_epoch_7.pth", "epoch_12.pth"],
      "best_coco_bbox_mAP_epoch_7.pth",
    ],
    [
      ["best_acc_epoch_3.pth", "best_acc_epoch_11.pth"],
      "best_acc_epoch_11.pth",
    ],
  ])("propose the best, else the latest of %j", (paths, proposed) => {
    expect(failure(["config.py", ...paths]).hint).toContain(
      `checkpoint: "${proposed}"`,
    );
  });

  it.each([
    [["epoch_12.pth", "iter_8000.pth"], "epoch_12.pth", "epoch_12.pth"],
    [["model_final.pth", "stage_2.pth"], "model_final.pth", "model_final.pth"],
    [["best_acc_epoch_3.pth", "epoch_12.pth"], "epoch_12.pth", "best_acc"],
    [["epoch_2.pth", "epoch_9.pth"], "epoch_12.pth", "epoch_9.pth"],
  ])(
    "propose of %j the one that training called its last, %s: %s",
    (paths, last, proposed) => {
      expect(failure(["config.py", ...paths], {}, [], last).hint).toContain(
        `checkpoint: "${proposed}`,
      );
    },
  );

  it("take the choice of conversion.yaml", () => {
    expect(
      roles(["config.py", "a.pth", "b.pth"], { checkpoint: "b.pth" }),
    ).toEqual({
      "config.py": "config",
      "b.pth": "checkpoint",
    });
  });

  it("refuse a choice that does not exist, and a role that the engine does not know", () => {
    expect(
      failure(["config.py", "a.pth"], { checkpoint: "c.pth" }).message,
    ).toContain("model/det/c.pth does not exist");
    expect(failure(["config.py", "a.pth"], { weights: "a.pth" })).toMatchObject(
      { code: "role-unknown" },
    );
  });
});
