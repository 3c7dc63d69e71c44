import { createHash } from "node:crypto";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { LakefsServer } from "../../support/lakefs-server.ts";
import { DataBranch } from "../data-branch.ts";
import type { Versions } from "./versions.ts";

export interface Commit {
  id: string;
  parents: string[];
  message: string;
  metadata: Record<string, string>;
}

/** What a commit shows: the version of each published model, and its conversion's key. */
export interface State {
  versions: ReadonlyMap<string, number>;
  keys: ReadonlyMap<string, string>;
  /** Of `edge/` and `evidence/` as a whole: equal for equal files. */
  digest: string;
  problems: string[];
}

interface Listed {
  path: string;
  checksum: string;
}

/** Reads commits of a repository, each once: what is committed never changes. */
export class History {
  readonly #server: LakefsServer;
  readonly #repository: string;
  readonly #versions: Versions;
  readonly #commits = new Map<string, Commit>();
  readonly #states = new Map<string, State>();
  /** By lakeFS's checksum, which is an md5 of the content. */
  readonly #sha256 = new Map<string, string>();
  readonly #bytes = new Map<string, Buffer>();

  constructor(server: LakefsServer, repository: string, versions: Versions) {
    this.#server = server;
    this.#repository = repository;
    this.#versions = versions;
  }

  get size(): number {
    return this.#states.size;
  }

  async commit(id: string): Promise<Commit> {
    const known = this.#commits.get(id);
    if (known) return known;

    const path = `/repositories/${this.#repository}/commits/${id}`;
    const read = await this.#server.call<Commit>("GET", path);
    this.#commits.set(id, read);
    return read;
  }

  /** The states that a branch showed, the newest first. */
  async *statesFrom(head: string): AsyncGenerator<Commit> {
    for (let id: string | undefined = head; id; ) {
      const commit = await this.commit(id);
      yield commit;
      id = commit.parents[0];
    }
  }

  async state(id: string): Promise<State> {
    const known = this.#states.get(id);
    if (known) return known;

    const state = await this.#read(id);
    this.#states.set(id, state);
    return state;
  }

  async #read(id: string): Promise<State> {
    const listed = [
      ...(await this.#list(id, "edge/")),
      ...(await this.#list(id, "evidence/")),
    ];
    const names = new Set(listed.map(({ path }) => path.split("/")[1] ?? ""));
    const digest = createHash("sha256").update(JSON.stringify(listed));
    const state = {
      versions: new Map<string, number>(),
      keys: new Map<string, string>(),
      digest: digest.digest("hex"),
      problems: [] as string[],
    };

    for (const name of names) {
      const own = listed.filter(({ path }) => path.split("/")[1] === name);
      const shown = await this.#model(id, name, own);
      if (typeof shown === "string") state.problems.push(`${name}: ${shown}`);
      else {
        state.versions.set(name, shown.version);
        state.keys.set(name, shown.key);
      }
    }

    return state;
  }

  /** What is wrong with a published model, or its version. */
  async #model(
    id: string,
    name: string,
    own: Listed[],
  ): Promise<string | { version: number; key: string }> {
    const at = new Map(own.map(({ path, checksum }) => [path, checksum]));
    const pointer = `edge/${name}/manifest.json`;
    if (!at.has(pointer)) return `no manifest beside ${[...at.keys()]}`;

    const manifest = JSON.parse(
      String(await this.#content(id, pointer, at)),
    ) as Manifest;
    const listed = new Set([pointer, ...manifest.files.map((f) => f.path)]);
    const stray = [...at.keys()].filter((path) => !listed.has(path));
    if (stray.length > 0) return `${stray} are not in the manifest`;

    for (const { path, sha256 } of manifest.files) {
      if (!at.has(path)) return `${path} is missing`;
      if ((await this.#hash(id, path, at)) !== sha256)
        return `${path} is not as the manifest says`;
    }

    const weights = manifest.inputs.find(({ path }) =>
      path.endsWith("toy.weights"),
    );
    const version = this.#versions.find(weights?.sha256 ?? "");
    if (version?.model !== name) return `${weights?.path} is not its own`;

    const onnx = await this.#content(id, `edge/${name}/end2end.onnx`, at);
    if (!version.constants.every((values) => onnx.includes(values)))
      return `the graph is not of version ${version.number}`;

    const key = manifest.fingerprint.exec ?? "";
    return { version: version.number, key };
  }

  async #hash(
    id: string,
    path: string,
    at: ReadonlyMap<string, string>,
  ): Promise<string> {
    const checksum = at.get(path) ?? "";
    const known = this.#sha256.get(checksum);
    if (known) return known;

    const bytes = await this.#at(id).read(path);
    if (createHash("md5").update(bytes).digest("hex") !== checksum)
      throw new Error(`${path} at ${id} is not as its checksum says`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.#sha256.set(checksum, sha256);
    return sha256;
  }

  /** Of a small file. */
  async #content(
    id: string,
    path: string,
    at: ReadonlyMap<string, string>,
  ): Promise<Buffer> {
    const checksum = at.get(path) ?? "";
    const known = this.#bytes.get(checksum);
    if (known) return known;

    const bytes = await this.#at(id).read(path);
    this.#bytes.set(checksum, bytes);
    return bytes;
  }

  async #list(ref: string, prefix: string): Promise<Listed[]> {
    const listing = `/repositories/${this.#repository}/refs/${ref}/objects/ls?amount=1000&prefix=${prefix}`;
    const { results } = await this.#server.call<{ results: Listed[] }>(
      "GET",
      listing,
    );
    return results.map(({ path, checksum }) => ({ path, checksum }));
  }

  #at(ref: string): DataBranch {
    return new DataBranch(this.#server, this.#repository, ref);
  }
}
