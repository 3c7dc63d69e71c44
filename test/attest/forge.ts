import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toJson } from "../../src/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";

/** A branch of a file store as somebody with write access sees it: through the links, each write a new file. */
export class ForgedBranch {
  readonly #branch: string;

  constructor(branch: string) {
    this.#branch = branch;
  }

  read(path: string): Buffer {
    return readFileSync(join(this.#branch, path));
  }

  /** Not into the old inode: other publications may share it. */
  write(path: string, bytes: Uint8Array | string): void {
    const file = join(realpathSync(join(this.#branch, "edge")), "..", path);
    rmSync(file, { force: true });
    writeFileSync(file, bytes);
  }

  remove(path: string): void {
    rmSync(join(realpathSync(join(this.#branch, "edge")), "..", path));
  }

  /** Puts other bytes in a published file's place, and writes a manifest by hand that says so rightly. */
  replace(name: string, path: string, bytes: Uint8Array): void {
    const at = `edge/${name}/manifest.json`;
    const manifest = JSON.parse(this.read(at).toString()) as Manifest;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.write(path, bytes);
    const files = manifest.files.map((file) =>
      file.path === path
        ? { path, size: bytes.length, sha256, token: `sha256:${sha256}` }
        : file,
    );
    this.write(at, toJson({ ...manifest, files }));
  }
}
