// Prints the software bill of materials of the image that it runs in, as CycloneDX 1.6, for a release:
//   node scripts/sbom.mjs NAME VERSION [PYTHON …]
// Packages of Node by the lock file beside this script (the command line is one bundle of them), of Python as each
// interpreter lists them, of Debian as dpkg does. The same packages are the same bytes: no time, no serial number.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const LIST = `
import importlib.metadata as found, json
rows = {(d.metadata["Name"], d.version) for d in found.distributions() if d.metadata["Name"]}
print(json.dumps(sorted(rows)))
`;

const [name, version, ...pythons] = process.argv.slice(2);
if (!name || !version) {
  console.error("usage: node scripts/sbom.mjs NAME VERSION [PYTHON …]");
  process.exit(2);
}

const components = [
  component("platform", "node", process.versions.node, "pkg:generic/node"),
  ...nodePackages(),
  ...pythons.flatMap(pythonPackages),
  ...debianPackages(),
];

const sorted = new Map(
  components
    .map((each) => [each["bom-ref"], each])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

const bom = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: {
    component: { type: "container", "bom-ref": name, name, version },
  },
  components: [...sorted.values()],
};

console.log(JSON.stringify(bom, null, 2));

/** What npm installs without the development's packages; its hashes are SHA-512 in base64. */
function nodePackages() {
  const lock = JSON.parse(
    readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"),
  );

  return Object.entries(lock.packages)
    .filter(([path, each]) => path !== "" && !each.dev && !each.optional)
    .map(([path, { version: found, integrity, license }]) => {
      const called = path.slice(path.lastIndexOf("node_modules/") + 13);
      const hash = Buffer.from(integrity.slice("sha512-".length), "base64");

      return {
        ...component("library", called, found, `pkg:npm/${encoded(called)}`),
        hashes: [{ alg: "SHA-512", content: hash.toString("hex") }],
        ...(license ? { licenses: [{ license: { name: license } }] } : {}),
      };
    });
}

/** Names of a scope keep their slash. */
function encoded(called) {
  return called.split("/").map(encodeURIComponent).join("/");
}

function pythonPackages(python) {
  return JSON.parse(output(python, ["-W", "ignore", "-c", LIST])).map(
    ([called, found]) => {
      const plain = called.toLowerCase().replaceAll(/[-_.]+/g, "-");
      return component("library", called, found, `pkg:pypi/${plain}`);
    },
  );
}

function debianPackages() {
  const format =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg's own fields.
    "${Package}\t${Version}\t${Architecture}\t${db:Status-Abbrev}\n";
  return output("dpkg-query", ["-W", "-f", format])
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([, , , status = ""]) => status.startsWith("ii"))
    .map(([called, found, architecture]) => {
      const { purl, ...rest } = component(
        "library",
        called,
        found,
        `pkg:deb/debian/${encodeURIComponent(called)}`,
      );
      const whole = `${purl}?arch=${architecture}`;
      return { ...rest, "bom-ref": whole, purl: whole };
    });
}

function component(type, called, found, purl) {
  const whole = `${purl}@${encodeURIComponent(found)}`;
  return { type, "bom-ref": whole, name: called, version: found, purl: whole };
}

function output(command, args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command}: ${stderr}`);

  return stdout;
}
