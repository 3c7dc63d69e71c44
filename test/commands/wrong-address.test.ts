import { expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";

const KEYS = {
  LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4",
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "a-key-of-nobody",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "a-secret-of-nobody",
  AWS_ACCESS_KEY_ID: "a-key-of-nobody",
  AWS_SECRET_ACCESS_KEY: "a-secret-of-nobody",
};
const LAKEFS = ["plan", "--model-branch", "main", "--store", "lakefs://vision"];
const S3 = ["plan", "--model-branch", "main", "--store", "s3://vision"];

it.each<[name: string, ports: string[], args: string[], more?: object]>([
  ["LAKECTL_SERVER_ENDPOINT_URL", ["99999", "0", "6000"], LAKEFS],
  ["MODEL_TO_EDGE_S3_ENDPOINT", ["99999", "0"], LAKEFS],
  ["AWS_ENDPOINT_URL", ["99999", "0", "abc"], S3],
  ["AWS_ENDPOINT_URL_S3", ["99999", "0"], S3],
  ["HTTP_PROXY", ["99999", "0"], LAKEFS],
  ["HTTP_PROXY", ["99999", "0"], S3, { AWS_ENDPOINT_URL: "http://s3.corp" }],
])(
  "a port in %s that cannot be is the user's to correct",
  {
    timeout: 60_000,
  },
  async (name, ports, args, more) => {
    for (const port of ports) {
      const login = name.startsWith("LAKECTL") ? "" : "user:geheim-word@";
      const address = { [name]: `http://${login}127.0.0.1:${port}` };
      const env = { ...KEYS, ...more, ...address };
      const { code, stdout, stderr } = await commandLine(args, {
        ...{ cwd: "/tmp", env },
      });
      expect({ port, code, log: stdout }).toMatchObject({
        code: 2,
        log: expect.stringMatching(`${name}|s3-endpoint|its port`),
      });
      expect(stdout).toMatch(/hint: .*port/);
      expect(stdout + stderr).not.toContain("geheim");
      expect(stdout).not.toContain("again");
    }
  },
);

it("a region that no server of Amazon can be in is the user's to correct", async () => {
  const env = { ...KEYS, AWS_REGION: "eu west 1" };
  const { code, stdout } = await commandLine(S3, { cwd: "/tmp", env });
  expect({ code, stdout }).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("AWS_REGION"),
  });
});
