import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Tests of functions, which keep nothing and change nothing of their process: their files run one after the other in
 * one process each worker. A process of its own, with its imports, takes longer than most of them.
 */
const TOGETHER = [
  ...["test/*.test.ts", "test/store/*.test.ts", "test/validate/*.test.ts"],
  ...[
    ...["config", "disk", "document", "environment", "fleet", "gitlab"],
    ...["land", "log", "model", "network", "onnx", "plan", "publish"],
    ...["registry", "report", "templates", "text", "version"],
    ...["store/lakefs", "store/s3", "store/transfer"],
    ...[
      ...["agreement", "checks", "contract", "detection", "evidence"],
      ...["functions", "intermediate", "layers", "metamorphic", "parity"],
      ...["preprocess", "profile", "recurrent", "shapes", "weights"],
    ].map((name) => `validate/${name}`),
  ].map((folder) => `test/${folder}/**/*.test.ts`),
];

/** Those of one process stand side by side, and last: no long one is left to a single worker. */
class ShortLast extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files);
    const isShort = ({ project }: TestSpecification) =>
      project.name === "together";

    return [
      ...sorted.filter((file) => !isShort(file)),
      ...sorted.filter(isShort),
    ];
  }
}

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    // Real servers and engines take their time on two cores, and more on a busy machine: the limits only end what hangs.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Its tests start processes and servers, and wait for them half of their time.
    maxWorkers: 3,
    // The built command line is loaded as it ships.
    server: { deps: { external: [/\/dist\//] } },
    sequence: { sequencer: ShortLast },
    projects: [
      {
        extends: true,
        test: { name: "together", include: TOGETHER, isolate: false },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...TOGETHER],
        },
      },
    ],
  },
});
