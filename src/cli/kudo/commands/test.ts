import { KplanError } from "../../../model/kplan-error.ts";
import type { AddCommand } from "../../commands/command.ts";

/** `kubectl kudo test`: gone with kuttl, which it was. */
export const addKudoTest: AddCommand = (program, _deps, run) => {
  program
    .command("test")
    .description("gone: KUDO's tests were kuttl's")
    .allowExcessArguments()
    .allowUnknownOption()
    .action(() =>
      run(async () => {
        throw new KplanError(
          "gone",
          "kplan has no `test`: KUDO's was the tool kuttl, which lives on as `kubectl kuttl test`",
          {
            kind: "bad-input",
            hint: "`kplan package test PACKAGE` plays a package's own test cases without a cluster",
          },
        );
      }),
    );
};
