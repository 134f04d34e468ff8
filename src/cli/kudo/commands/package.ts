import type { AddCommand } from "../../commands/command.ts";
import { addPackageTest } from "../../commands/package-test.ts";
import { group } from "../group.ts";
import { addKudoPackageCreate } from "./package-create.ts";
import { addKudoPackageList } from "./package-list.ts";
import { addKudoPackageAdd, addKudoPackageNew } from "./package-new.ts";
import { addKudoPackageVerify } from "./package-verify.ts";

/** KUDO's, then kplan's own. */
const COMMANDS: readonly AddCommand[] = [
  addKudoPackageAdd,
  addKudoPackageCreate,
  addKudoPackageList,
  addKudoPackageNew,
  addKudoPackageVerify,
  addPackageTest,
];

/** `kubectl kudo package …` */
export const addKudoPackage: AddCommand = (program, deps, run) => {
  const parent = group(program, "package", "make, check and look at packages");
  for (const add of COMMANDS) add(parent, deps, run);
};
