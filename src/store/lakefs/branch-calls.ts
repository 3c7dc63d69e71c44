import { isRefusal } from "./errors.ts";
import { json, orNull, type Rest } from "./rest.ts";

/** Calls about the repository and its branches. */
export function branchCalls(rest: Rest) {
  return {
    /** `namespace`: below which address its own objects lie. */
    async getRepository(): Promise<{ namespace: string; readOnly: boolean }> {
      const { storage_namespace, read_only } = json<{
        storage_namespace: string;
        read_only?: boolean;
      }>(await rest.send({ method: "GET", path: rest.at() }));

      return { namespace: storage_namespace, readOnly: read_only === true };
    },
    /** The branch's head; null where it does not exist. */
    async getBranch(branch: string): Promise<string | null> {
      const text = await orNull(
        rest.send({ method: "GET", path: rest.at("branches", branch) }),
      );
      return text === null ? null : json<{ commit_id: string }>(text).commit_id;
    },
    /** A hidden one is seen only by who asks for hidden ones. A branch that is there already is fine. */
    async createBranch(
      name: string,
      source: string,
      hidden: boolean,
    ): Promise<void> {
      try {
        await rest.send({
          method: "POST",
          path: rest.at("branches"),
          body: { name, source, hidden },
        });
      } catch (error) {
        if (!isRefusal(error, "exists")) throw error;
      }
    },
    async deleteBranch(branch: string): Promise<void> {
      await orNull(
        rest.send({
          method: "DELETE",
          path: rest.at("branches", branch),
          farewell: true,
        }),
      );
    },
    async *listBranches(
      prefix: string,
    ): AsyncGenerator<{ id: string; commit_id: string }> {
      yield* rest.pages(rest.at("branches"), { prefix, show_hidden: "true" });
    },
  };
}
