import { createHash } from "node:crypto";
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { statToken } from "../../src/store/file/token.ts";

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
    const file = this.#place(path);
    rmSync(file, { force: true });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  remove(path: string): void {
    rmSync(this.#place(path));
  }

  /** Other bytes, and the store's own index says that they are the old ones. */
  tamper(path: string, bytes: Uint8Array): void {
    this.write(path, bytes);
    const index = JSON.parse(
      readFileSync(this.#place("index.json")).toString(),
    ) as Record<string, { sha256: string; stat: string }>;
    const known = index[path];
    if (!known) throw new Error(`the index does not know ${path}`);
    known.stat = statToken(statSync(this.#place(path), { bigint: true }));
    this.write("index.json", JSON.stringify(index));
  }

  /** Every published file of a model, by path. */
  published(name: string): Map<string, Buffer> {
    const at = `edge/${name}/manifest.json`;
    const manifest = JSON.parse(this.read(at).toString()) as Manifest;
    const paths = manifest.files.map(({ path }) => path);
    return new Map(
      [...paths, at, `edge/${name}/attestation.json`].map((path) => [
        path,
        this.read(path),
      ]),
    );
  }

  #place(path: string): string {
    return join(realpathSync(join(this.#branch, "edge")), "..", path);
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
