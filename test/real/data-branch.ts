import { createHash } from "node:crypto";
import type { LakefsServer } from "../support/lakefs-server.ts";

interface Page<T> {
  results: T[];
}

/** A branch of a real lakeFS repository, as a data scientist would use it. */
export class DataBranch {
  readonly #server: LakefsServer;
  readonly #repository: string;
  readonly #branch: string;

  constructor(server: LakefsServer, repository: string, branch: string) {
    this.#server = server;
    this.#repository = `/repositories/${repository}`;
    this.#branch = branch;
  }

  onBranch(branch: string): DataBranch {
    return new DataBranch(
      this.#server,
      this.#repository.slice("/repositories/".length),
      branch,
    );
  }

  async create(from: string): Promise<void> {
    await this.#server.call("POST", `${this.#repository}/branches`, {
      name: this.#branch,
      source: from,
    });
  }

  async upload(files: Record<string, string | Buffer>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const place = `${this.#repository}/branches/${this.#branch}/objects?path=${encodeURIComponent(path)}`;
      await this.#server.upload(place, content);
    }
  }

  async commit(files: Record<string, string | Buffer>): Promise<void> {
    await this.upload(files);
    await this.#server.call(
      "POST",
      `${this.#repository}/branches/${this.#branch}/commits`,
      { message: "by hand" },
    );
  }

  /** Removes objects; the next commit makes that visible. */
  async remove(paths: string[]): Promise<void> {
    await this.#server.call(
      "POST",
      `${this.#repository}/branches/${this.#branch}/objects/delete`,
      { paths },
    );
  }

  async head(): Promise<string> {
    const path = `${this.#repository}/branches/${this.#branch}`;
    return (await this.#server.call<{ commit_id: string }>("GET", path))
      .commit_id;
  }

  /** Ids, the newest first. */
  async commits(): Promise<string[]> {
    const path = `${this.#repository}/refs/${this.#branch}/commits?amount=1000`;
    return (
      await this.#server.call<Page<{ id: string }>>("GET", path)
    ).results.map(({ id }) => id);
  }

  /** The newest commits. */
  async log(): Promise<
    {
      id: string;
      parents: string[];
      message: string;
      metadata: Record<string, string>;
    }[]
  > {
    const path = `${this.#repository}/refs/${this.#branch}/commits?amount=100`;
    return (
      await this.#server.call<
        Page<Awaited<ReturnType<DataBranch["log"]>>[number]>
      >("GET", path)
    ).results;
  }

  /** Of the repository, hidden ones too. */
  async branches(): Promise<string[]> {
    const path = `${this.#repository}/branches?amount=1000&show_hidden=true`;
    return (await this.#server.call<Page<{ id: string }>>("GET", path)).results
      .map(({ id }) => id)
      .sort();
  }

  async read(path: string): Promise<Buffer> {
    const { endpoint, env } = this.#server;
    const user = `${env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID}:${env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY}`;
    const place = `${this.#repository}/refs/${this.#branch}/objects?path=${encodeURIComponent(path)}`;
    const headers = {
      authorization: `Basic ${Buffer.from(user).toString("base64")}`,
    };
    const answer = await fetch(`${endpoint}/api/v1${place}`, { headers });
    if (!answer.ok)
      throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** sha256 of all objects below the prefixes, by path. */
  async hashes(
    prefixes: string[],
    without: string[] = [],
  ): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const prefix of prefixes) {
      const list = `${this.#repository}/refs/${this.#branch}/objects/ls?amount=1000&prefix=${prefix}`;
      for (const { path } of (
        await this.#server.call<Page<{ path: string }>>("GET", list)
      ).results)
        if (!without.includes(path))
          hashes[path] = createHash("sha256")
            .update(await this.read(path))
            .digest("hex");
    }
    return hashes;
  }
}
