import { KplanError } from "../../model/kplan-error.ts";
import { readPackage } from "../files/read-package.ts";
import { findLocal } from "./find-local.ts";
import type { FindPackage } from "./resolve-package.ts";

/** Finds what lies on this machine alone. Throws a `bad-input` KplanError for names of repositories and for addresses. */
export const findOffline: FindPackage = async (wanted, from) => {
  const local = await findLocal(wanted, from);
  if (local) return local;
  if (!from) return await readPackage(wanted.name);
  throw new KplanError(
    "no-such-package",
    `${from.source} needs package ${wanted.name}, and no repository is asked here`,
    { kind: "bad-input" },
  );
};
