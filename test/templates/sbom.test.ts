import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Component {
  name: string;
  version: string;
  purl: string;
  hashes?: { alg: string; content: string }[];
}

const python = "python3";
const isDebian = existsSync("/usr/bin/dpkg-query");

function billOf(...words: string[]): { text: string; components: Component[] } {
  const text = execFileSync(process.execPath, ["scripts/sbom.mjs", ...words], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  return { text, components: JSON.parse(text).components };
}

it.skipIf(!isDebian)(
  "a bill of materials names what runs: the bundle's packages with their hashes, Python's, Debian's, and Node",
  () => {
    const { text, components } = billOf("mmdeploy", "1.2.0", python);
    const purls = components.map(({ purl }) => purl);
    const { dependencies } = JSON.parse(
      readFileSync("package.json", "utf8"),
    ) as {
      dependencies: Record<string, string>;
    };
    for (const [name, version] of Object.entries(dependencies)) {
      const found = components.find(
        (each) => each.name === name && each.version === version,
      );
      expect(found?.hashes?.[0]?.content, name).toMatch(/^[0-9a-f]{128}$/);
    }
    expect(purls.filter((purl) => /vitest|biome/.test(purl))).toEqual([]);

    const pip = execFileSync(
      python,
      ["-c", 'import importlib.metadata as m; print(m.version("pip"))'],
      { encoding: "utf8" },
    );
    expect(purls).toContain(`pkg:pypi/pip@${pip.trim()}`);
    expect(purls).toContain(`pkg:generic/node@${process.versions.node}`);
    expect(
      purls.filter((purl) => /^pkg:deb\/debian\/[^@]+@[^?]+\?arch=/.test(purl))
        .length,
    ).toBeGreaterThan(50);

    expect(new Set(purls).size).toBe(purls.length);
    expect(JSON.parse(text)).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      metadata: { component: { name: "mmdeploy", version: "1.2.0" } },
    });
    expect(billOf("mmdeploy", "1.2.0", python).text).toBe(text);
  },
);
