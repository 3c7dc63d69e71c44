import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { ForgedBranch } from "./forge.ts";
import { FORGERIES } from "./forgeries.ts";
import { keyPair } from "./signing.ts";

const pair = keyPair();
const ONNX = "edge/det/end2end.onnx";

let gitlab: FakeProject;
let root: string;
let story: Story;
let feature: ForgedBranch;
let older: ReadonlyMap<string, Buffer>;

const write = (branch: string, name: string, first: number) => {
  for (const [path, content] of Object.entries({
    [`model/${name}/model.json`]: CONFIG,
    [`model/${name}/toy.weights`]: GOOD(first),
  })) {
    const file = join(root, branch, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
};
const run = async (branch: string) => {
  const args = ["run", "--isolation", "auto", "--model-branch", branch];
  const env = { MODEL_TO_EDGE_SIGNING_KEY: pair.privateKey };
  const { code, stdout } = await story.command(args, env);
  expect({ code, log: stdout }).toMatchObject({ code: 0 });
};
const onMain = () => new ForgedBranch(join(root, "main")).read(ONNX);

const folder = () => mkdtempSync(join(tmpdir(), "model-to-edge-forged-land-"));
const useStore = (at: string) => {
  root = at;
  story = new Story(gitlab, `file://${root}`);
  writeFileSync(join(story.cwd, "model-to-edge.pub"), pair.publicKey);
  feature = new ForgedBranch(join(root, "feature--x"));
};
let made: string;

beforeAll(async () => {
  gitlab = await startFakeProject();
  made = folder();
  useStore(made);
  write("main", "det", 1);
  await run("main");
  older = new ForgedBranch(join(root, "main")).published("det");
  await story.command(["branch", "feature/x", "--create"]);
  write("feature--x", "det", 8);
  write("feature--x", "twin", 8);
  await run("feature--x");
  story.remove();
  await gitlab.close();
}, 300_000);
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(async () => {
  gitlab = await startFakeProject();
  const copy = folder();
  cpSync(made, copy, { recursive: true, verbatimSymlinks: true });
  useStore(copy);
});
afterEach(async () => {
  story.remove();
  rmSync(root, { recursive: true, force: true });
  await gitlab.close();
});

describe("with a public key in Git, no forgery lands", () => {
  it.each(FORGERIES)("$what", { timeout: 300_000 }, async (forgery) => {
    const before = onMain();
    forgery.forge({ forged: feature, older });
    const refused = await story.land(story.merge("feature/x", 7));
    expect({ code: refused.code, log: refused.stdout }).toMatchObject({
      code: 1,
      log: expect.stringMatching(forgery.landSays ?? forgery.says),
    });
    expect(refused.document.requests).toMatchObject([{ status: "refused" }]);
    expect(onMain()).toEqual(before);
  });

  it("and what the pipeline signed does", async () => {
    const proved = feature.read(ONNX);
    const landed = await story.land(story.merge("feature/x", 7));
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(onMain()).toEqual(proved);
  });
});
