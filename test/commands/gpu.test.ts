import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

const GPU = { MODEL_TO_EDGE_GPU: "true" };

describe.skipIf(existsSync("/dev/nvidia0"))(
  "a job that asks for a GPU, on a machine without one",
  () => {
    it("fails for each model, says what to do, and is not retried", async () => {
      const store = toyStore();
      const { code, stdout, stderr } = await store.run([], { env: GPU });
      expect(code).toBe(2);
      const said = stdout + stderr;
      expect(said).toContain("device cuda:0 does not exist on this machine");
      expect(said).toContain("gpu: false");
      const note = join(store.cwd, "model-to-edge-out/report/note.md");
      expect(readFileSync(note, "utf8")).toContain("gpu: false");
    });

    it("works where the device is said to be the CPU, and where doctor is asked it says what is missing", async () => {
      const store = toyStore();
      const cpu = { ...GPU, MODEL_TO_EDGE_DEVICE: "cpu" };
      expect((await store.run([], { env: cpu })).code).toBe(0);
      const doctor = await commandLine(["doctor"], {
        cwd: store.cwd,
        env: GPU,
      });
      expect(doctor.code).toBe(2);
      expect(doctor.stdout).toContain(
        "missing device: device cuda:0 does not exist on this machine",
      );
    });
  },
);
