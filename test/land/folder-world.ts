import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { Story } from "./story.ts";

/** A project with merge requests, whose store is a folder. */
export interface FolderWorld {
  gitlab: FakeProject;
  /** The store's folder. */
  root: string;
  story: Story;
  /** Files of a data branch, by their paths in it. */
  write(branch: string, files: Record<string, string>): void;
  /** Converts what lies on a data branch, which succeeds; answers the log. */
  run(branch: string, env?: Record<string, string>): Promise<string>;
  close(): Promise<void>;
}

/** A fresh one; whoever asked closes it. */
export async function folderWorld(): Promise<FolderWorld> {
  const gitlab = await startFakeProject();
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-folder-world-"));
  const story = new Story(gitlab, `file://${root}`);

  return {
    ...{ gitlab, root, story },
    write(branch, files) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(root, branch, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    },
    async run(branch, env = {}) {
      const args = ["run", "--isolation", "none", "--model-branch", branch];
      const { code, stdout } = await story.command(args, env);
      expect({ code, log: stdout }).toMatchObject({ code: 0 });
      return stdout;
    },
    async close() {
      story.remove();
      rmSync(root, { recursive: true, force: true });
      await gitlab.close();
    },
  };
}
