import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes an OCI archive of one layer by hand: the files below `content`, at the root of the image. Real bytes of the
 * format; nobody built it. Gives the manifest's digest. `work` is an empty folder.
 */
export function writeOciArchive(
  file: string,
  { content, work }: { content: string; work: string },
): string {
  const blobs = join(work, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  mkdirSync(dirname(file), { recursive: true });

  const layerFile = join(work, "layer.tar");
  execFileSync("tar", ["-cf", layerFile, "-C", content, "."]);
  const layer = blobOf(readFileSync(layerFile));
  copyFileSync(layerFile, join(blobs, layer.digest.slice(7)));
  execFileSync("rm", [layerFile]);

  const put = (mediaType: string, data: unknown) => {
    const bytes = Buffer.from(JSON.stringify(data));
    const blob = blobOf(bytes);
    writeFileSync(join(blobs, blob.digest.slice(7)), bytes);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, ...blob };
  };

  const config = put("config.v1+json", {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Cmd: ["model-to-edge", "--help"] },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = put("manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
  });

  writeFileSync(
    join(work, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [manifest] }),
  );
  writeFileSync(
    join(work, "oci-layout"),
    JSON.stringify({ imageLayoutVersion: "1.0.0" }),
  );
  execFileSync("tar", ["-cf", file, "-C", work, "."].concat());
  return manifest.digest;
}

function blobOf(bytes: Buffer): { digest: string; size: number } {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { digest, size: bytes.length };
}
