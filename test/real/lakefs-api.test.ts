import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "vitest";
import {
  allDrafts,
  bytesOf,
  objectsOf,
  options,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import {
  type Exchange,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";

const parts = await realLakefs();

type Parameters = ({ name: string } | { $ref: string })[];
interface Operation {
  operationId: string;
  parameters?: Parameters;
  responses: Record<string, unknown>;
}
interface OpenApi {
  paths: Record<
    string,
    Record<string, Operation> & { parameters?: Parameters }
  >;
  components: { parameters: Record<string, { name: string }> };
}

describe.skipIf(!parts)("calls to lakeFS's REST API", () => {
  let server: LakefsServer;
  let proxy: FaultProxy;
  let api: OpenApi;
  beforeAll(async () => {
    if (!parts) return;
    server = await startLakefs(parts);
    api = (await (
      await fetch(`${server.endpoint}/openapi.json`)
    ).json()) as OpenApi;
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    proxy = await faultProxy(server.endpoint);
    return () => proxy.close();
  });
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(server, { dirtyMs: 0 }, proxy.endpoint),
  );

  /** The operation of the running server's own description, or null where it has none. */
  function describedBy(exchange: Exchange): Operation | null {
    const address = exchange.path.slice("/api/v1".length);
    const templates = Object.keys(api.paths).filter((template) =>
      new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(address),
    );
    // A literal segment wins over a parameter.
    const template = templates.sort(
      (a, b) => a.split("{").length - b.split("{").length,
    )[0];
    const path = template ? api.paths[template] : undefined;
    const operation = path?.[exchange.method.toLowerCase()];
    // Parameters of the path hold for its operations.
    return operation
      ? {
          ...operation,
          parameters: [
            ...(path?.parameters ?? []),
            ...(operation.parameters ?? []),
          ],
        }
      : null;
  }

  function parameterNames(operation: Operation): string[] {
    return (operation.parameters ?? []).map((parameter) =>
      "name" in parameter
        ? parameter.name
        : (api.components.parameters[parameter.$ref.split("/").pop() ?? ""]
            ?.name ?? ""),
    );
  }

  test("are all in the running server's own description, with their parameters and answers", async () => {
    const { store } = at;
    await store.verify();
    await store.createBranch("feature", "main");
    await store.createBranch("feature", "main");
    await store.pending("main", "model/");
    const older = (await store.head("main")) ?? "";
    await at.publish({ m: "1" }, [], { "edge/a/manifest.json": "1" });
    await at.under.write("main", { "edge/a/m": "foreign" });
    const { draft } = await at.newDraft();
    const unwanted = await draft.put(
      await at.folder({ m: "2", gone: "3" }),
      ["m", "gone"],
      "edge/a/",
    );
    await at.under.write("main", { "edge/a/manifest.json": "moved" });
    const remove = ["edge/a/manifest.json"];
    const pointers = ["edge/a/manifest.json"];
    const change = () => ({
      keep: unwanted.slice(0, 0),
      remove,
      write: bytesOf({ "edge/a/n": "n" }),
    });
    await draft.publish(pointers, change, { ...options, input: older });
    await store.isAncestor(older, (await store.head("main")) ?? "");
    await textAt(await store.snapshot("main", older), "model/a/w.pth");
    await objectsOf(await store.snapshot("main"), "");
    await allDrafts(store);
    await at.under.upload("main", { dirty: "1" });
    await at.publish({ m: "4" });

    const rest = proxy.exchanges.filter(({ path }) =>
      path.startsWith("/api/v1/"),
    );
    const seen = new Set<string>();
    for (const exchange of rest) {
      const operation = describedBy(exchange);
      expect(operation, `${exchange.method} ${exchange.path}`).not.toBeNull();
      if (!operation) continue;
      expect(Object.keys(operation.responses), operation.operationId).toContain(
        String(exchange.status),
      );
      expect(parameterNames(operation)).toEqual(
        expect.arrayContaining([...exchange.query.keys()]),
      );
      seen.add(operation.operationId);
    }
    expect([...seen].sort()).toEqual([
      "Commit",
      "CopyObject",
      "CreateBranch",
      "DeleteBranch",
      "DeleteObjects",
      "DiffBranch",
      "DiffRefs",
      "FindMergeBase",
      "GetBranch",
      "GetCommit",
      "GetObject",
      "GetRepository",
      "ListBranches",
      "ListObjects",
      "LogCommits",
      "MergeIntoBranch",
    ]);
  });

  test("list 2,003 objects over three pages, each once and in byte order", async () => {
    const { repository, upload } = at.under;
    const names = Array.from(
      { length: 2_003 },
      (_, index) => `model/many/${index}`,
    );
    for (let start = 0; start < names.length; start += 100)
      await Promise.all(
        names
          .slice(start, start + 100)
          .map((name) => upload("main", { [name]: "x" })),
      );
    expect(await at.store.pending("main", "model/")).toEqual({
      inputs: 2_003,
      elsewhere: 0,
    });
    await server.call(
      "POST",
      `/repositories/${repository}/branches/main/commits`,
      { message: "many" },
    );
    proxy.exchanges.length = 0;
    const listed = (
      await objectsOf(await at.store.snapshot("main"), "model/many/")
    ).map(({ path }) => path);
    expect(listed).toEqual(names.sort());
    expect(
      proxy.exchanges.filter(({ path }) => path.endsWith("/objects/ls")),
    ).toHaveLength(3);
  });

  test("tell of a hook that refused", async () => {
    const hook = `name: refuse\non:\n  pre-merge:\nhooks:\n  - id: no\n    type: lua\n    properties:\n      script: error("not on fridays")\n`;
    await at.under.write("main", { "_lakefs_actions/refuse.yaml": hook });
    const head = await at.store.head("main");
    await expect(at.publish({ m: "1" })).resolves.toMatchObject({
      status: "protected",
      message: expect.stringMatching(/action refuse .*: not on fridays$/),
      hint: expect.stringContaining("_lakefs_actions/"),
    });
    expect(await at.store.head("main")).toBe(head);
  });
});
