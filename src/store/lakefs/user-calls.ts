import { json, type Rest } from "./rest.ts";

/** Calls about who uses the server. */
export function userCalls(rest: Rest) {
  return {
    /** Whether the server tells people apart: false where it has one user, or does not say. */
    hasAccessControl(): Promise<boolean> {
      return rest.send({ method: "GET", path: ["setup_lakefs"] }, (text) => {
        const { login_config } = json<{
          login_config?: { RBAC?: string } | null;
        }>(text);

        return ["simplified", "internal", "external"].includes(
          login_config?.RBAC ?? "",
        );
      });
    },
    /** The user of these credentials, in the words of `committer`; null where the server does not say. */
    currentUser(): Promise<string | null> {
      return rest.send({ method: "GET", path: ["user"] }, (text) => {
        const { user } = json<{ user?: { id?: string; email?: string } }>(text);

        return user?.email || user?.id || null;
      });
    },
  };
}
