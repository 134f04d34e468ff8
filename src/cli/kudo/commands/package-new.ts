import { KplanError } from "../../../model/kplan-error.ts";
import type { AddCommand } from "../../commands/command.ts";
import { answersOf } from "../../commands/package/new.ts";
import { EXIT } from "../../exit-code.ts";
import { usage } from "../kudo-options.ts";

/** `kubectl kudo package new NAME` */
export const addKudoPackageNew: AddCommand = (parent, deps, run) => {
  const command = parent
    .command("new")
    .argument("[name]", "name of the operator")
    .description("write a small package into the folder operator, to begin from")
    .option("-i, --interactive", "ask for versions, description and maintainer")
    .option("-w, --overwrite", "write over files that are there")
    .allowExcessArguments();
  command.action((name: string | undefined, options) =>
    run(async () => {
      if (name === undefined || command.args.length !== 1)
        throw usage("expecting exactly one argument - name of operator");
      const answers = options.interactive === true ? await answersOf(deps) : {};
      const { newPackage } = await import("../../../actions/packages/new-package.ts");
      const overwrite = options.overwrite === true;
      await newPackage({ name, ...answers, dialect: "kudo", folder: "operator", overwrite });
      return EXIT.ok;
    }),
  );
};

/** `kubectl kudo package add …`: gone. */
export const addKudoPackageAdd: AddCommand = (parent, _deps, run) => {
  parent
    .command("add")
    .description("gone: it asked questions and wrote YAML anew, without its comments")
    .allowExcessArguments()
    .allowUnknownOption()
    .action(() =>
      run(async () => {
        throw new KplanError(
          "gone",
          "kplan has no `package add`: write the YAML of operator.yaml and params.yaml itself",
          {
            kind: "bad-input",
            hint: "`kplan package verify FOLDER` says what is wrong with it, with file and line",
          },
        );
      }),
    );
};
