import { Garbled, isRefusal } from "../transfer/errors.ts";
import { commitName, json, orNull, type Rest } from "./rest.ts";

/** Calls about the repository and its branches. */
export function branchCalls(rest: Rest) {
  return {
    /** `namespace`: below which address its own objects lie. */
    async getRepository(): Promise<{ namespace: string; readOnly: boolean }> {
      return rest.send({ method: "GET", path: rest.at() }, (text) => {
        const { storage_namespace, read_only } = json<{
          storage_namespace?: unknown;
          read_only?: unknown;
        }>(text);
        if (typeof storage_namespace !== "string")
          throw new Garbled("its answer is not a repository");

        return { namespace: storage_namespace, readOnly: read_only === true };
      });
    },
    /** The branch's head; null where it does not exist. */
    async getBranch(branch: string): Promise<string | null> {
      return orNull(
        rest.send(
          { method: "GET", path: rest.at("branches", branch) },
          (text) => commitName(json<{ commit_id?: unknown }>(text).commit_id),
        ),
      );
    },
    /** A hidden one is seen only by who asks for hidden ones. A branch that is there already is fine. */
    async createBranch(
      name: string,
      source: string,
      hidden: boolean,
    ): Promise<void> {
      try {
        await rest.tell({
          method: "POST",
          path: rest.at("branches"),
          body: { name, source, hidden },
        });
      } catch (error) {
        if (!isRefusal(error, "exists")) throw error;
      }
    },
    /** `farewell`: at the end of a run, where it may as well fail. */
    async deleteBranch(branch: string, farewell = false): Promise<void> {
      await orNull(
        rest.tell({
          method: "DELETE",
          path: rest.at("branches", branch),
          farewell,
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
