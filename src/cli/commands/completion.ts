import { Argument } from "commander";
import { EXIT } from "../exit-code.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan completion bash | zsh | fish`, and the hidden `complete` that the scripts call. */
export const addCompletion: AddCommand = (program, _deps, run) => {
  const command = program
    .command("completion")
    .addArgument(new Argument("<shell>", "for which shell").choices(["bash", "zsh", "fish"]))
    .description("print a script that completes kplan's commands and options");
  examples(command, [
    ["source <(kplan completion bash)", "for this shell"],
    ["kplan completion fish > ~/.config/fish/completions/kplan.fish", "for good"],
  ]);
  command.action((shell: string) =>
    run(async () => {
      const { completions } = await import("../completions.ts");
      completions(program).setup("kplan", "kplan", shell);
      return EXIT.ok;
    }),
  );
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action((words: string[]) =>
      run(async () => {
        const { completions } = await import("../completions.ts");
        completions(program).parse(words);
        return EXIT.ok;
      }),
    );
};
