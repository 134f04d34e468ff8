import type { InstalledKind } from "../../../actions/instance/list-installed.ts";
import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { addKudoOutputOption, outputOf, usage } from "../kudo-options.ts";
import { allTree, installedTree } from "../views/installed-tree.ts";
import { asKudoPrints, printList } from "../views/print-output.ts";
import { withSession } from "../with-session.ts";

/** In the order that `get all -o` prints them. */
const KINDS: readonly InstalledKind[] = ["operators", "operatorversions", "instances"];
const WANTED = '"instances", "operators", "operatorversions" or "all"';

/** `kubectl kudo get instances|operators|operatorversions|all` */
export const addKudoGet: AddCommand = (program, deps, run) => {
  const command = program
    .command("get")
    .argument("[kind]", "instances, operators, operatorversions or all")
    .description("list what is installed in the namespace")
    .allowExcessArguments();
  addKudoOutputOption(command);
  command.action((kind: string | undefined, options) =>
    run(async () => {
      const format = outputOf(options);
      if (kind === undefined || command.args.length !== 1)
        throw usage(`expecting exactly one argument - ${WANTED}`);
      const single = KINDS.find((one) => one === kind);
      if (single === undefined && kind !== "all")
        throw usage(`expecting ${WANTED} and not "${kind}"`);
      const { listInstalled } = await import("../../../actions/instance/list-installed.ts");
      return withSession(command, deps, async (session) => {
        const { namespace } = session;
        const kinds = single === undefined ? KINDS : [single];
        const lists = await Promise.all(kinds.map((one) => listInstalled(session, one)));
        if (format) {
          printList(lists.flat().map(asKudoPrints), format, deps.terminal);
          return EXIT.ok;
        }
        const [operators = [], versions = [], instances = []] = lists;
        deps.terminal.out(
          single === undefined
            ? allTree(namespace, { operators, versions, instances })
            : installedTree(single, namespace, operators),
        );
        return EXIT.ok;
      });
    }),
  );
};
