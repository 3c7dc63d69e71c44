import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { UsageError } from "../../src/errors.ts";

const SECRETS = {
  CI_JOB_TOKEN: "tok-AAAAAAAA",
  CI_REPOSITORY_URL: "https://gitlab-ci-token:tok-BBBBBBBB@gitlab.test/x.git",
  DOCKER_AUTH_CONFIG: '{"auths":{"r":{"auth":"c2VjcmV0"}}}',
  CI_JOB_JWT: "eyJhbGciOi.AAAA.BBBB",
  GPG_PASSPHRASE: "swordfish-and-more",
  DEPLOY_PAT: "pat-CCCCCCCC",
  DATABASE_PASS: "pass-DDDDDDDD",
  SIGNING_KEY: "key-EEEEEEEE",
  https_proxy: "http://someone:proxy%2Fpassword@proxy.test:3128",
};

describe("the environment", () => {
  it.each(["forEngine", "forInstall"] as const)(
    "%s is an allowlist: no secret of the job gets through",
    (view) => {
      const seen = readEnvironment({ ...SECRETS, PATH: "/usr/bin", X: "1" });
      const names = Object.keys(seen[view]).filter(
        (name) => name !== "https_proxy",
      );
      expect(names).toEqual(["PATH"]);
    },
  );

  it("gives an installation the mirrors and authorities that it needs, and an engine none of them", () => {
    const variables = {
      PIP_INDEX_URL: "https://mirror.test/simple",
      SSL_CERT_FILE: "/etc/own.pem",
      HTTPS_PROXY: "http://proxy.test",
      OPENBLAS_CORETYPE: "Haswell",
    };
    const environment = readEnvironment(variables);
    expect(environment.forInstall).toEqual(variables);
    expect(environment.forEngine).toEqual({});
  });

  it.each(Object.entries(SECRETS).filter(([, value]) => !/:\/\//.test(value)))(
    "masks %s",
    (_, value) => {
      const { mask } = readEnvironment(SECRETS);
      expect(mask(`x ${value} y`)).toBe("x [masked] y");
    },
  );

  it.each([["tok-BBBBBBBB"], ["proxy%2Fpassword"], ["proxy/password"]])(
    "masks the password %s that stands in an address",
    (password) => {
      expect(readEnvironment(SECRETS).mask(`x ${password} y`)).toBe(
        "x [masked] y",
      );
    },
  );

  it.each([0, 1, 2, 3, 4])(
    "masks a secret that is in the middle of something in base64, %d bytes in",
    (before) => {
      const { mask } = readEnvironment(SECRETS);
      const text = `${"a".repeat(before)}tok-AAAAAAAA:and more`;
      const shown = mask(Buffer.from(text).toString("base64"));
      expect(shown).toContain("[masked]");
      expect(Buffer.from(shown, "base64").toString()).not.toContain("tok-AAAA");
    },
  );

  it("knows an option by its name, and takes an empty one as unset", () => {
    const environment = readEnvironment({
      MODEL_TO_EDGE_EDGE_PATH: "out/edge",
      MODEL_TO_EDGE_STORE: "",
    });
    expect(environment.option("edge-path")).toBe("out/edge");
    expect(environment.option("store")).toBeNull();
  });

  it("reads GitLab's variables at their first use, so that a damaged one stops only who needs it", () => {
    const environment = readEnvironment({ CI_MERGE_REQUEST_IID: "seven" });
    expect(environment.option("store")).toBeNull();
    expect(() => environment.ci).toThrow(UsageError);
  });
});
