import type { Command } from "commander";
import { expect, test } from "vitest";
import { createKudoProgram } from "../../../src/cli/kudo/kudo-program.ts";

// Every command of `kubectl kudo` with every flag that KUDO's documentation of it lists; `a|b`: a short form and a long one.

const FROM = "-p|--parameter -P|--parameter-file";
const VERSIONS = "--repo --app-version --operator-version";
const WAIT = "--wait --wait-time";

const program = await createKudoProgram(
  { terminal: { out: () => {}, err: () => {} } } as unknown as Parameters<
    typeof createKudoProgram
  >[0],
  async () => {},
);

test.each([
  ["", "--home --kubeconfig -n|--namespace --request-timeout --validate-install -v|--v --version"],
  [
    "install",
    `--instance ${FROM} ${VERSIONS} --skip-instance --create-namespace --in-cluster ${WAIT}`,
  ],
  ["update", `--instance ${FROM} ${WAIT}`],
  ["upgrade", `--instance ${FROM} ${VERSIONS}`],
  ["uninstall", `--instance ${WAIT}`],
  ["get", "-o|--output"],
  ["plan status", "--instance --wait -o|--output"],
  ["plan history", "--instance"],
  ["plan trigger", `--instance --name ${WAIT}`],
  ["package create", "-d|--destination -w|--overwrite -o|--output"],
  ["package verify", "-o|--output --param-checks"],
  ["package list parameters", `-d|--descriptions -r|--required --names ${VERSIONS}`],
  ["package list plans", `-t|--with-tasks ${VERSIONS}`],
  ["package list tasks", VERSIONS],
  ["package new", "-i|--interactive -w|--overwrite"],
  ["package add", ""],
  ["repo add", "-f|--skip-check"],
  ["repo remove", ""],
  ["repo rm", ""],
  ["repo list", ""],
  ["repo context", ""],
  ["repo index", "--url --url-repo --merge --merge-repo -w|--overwrite"],
  ["search", "-a|--all-versions --repo"],
  ["diagnostics collect", "--instance -O|--output-directory --log-since"],
  ["test", ""],
  ["version", "-o|--output"],
  [
    "init",
    "-c|--client-only --crd-only --dry-run -o|--output --upgrade --verify --version -i|--kudo-image --kudo-image-pull-policy --service-account --unsafe-self-signed-webhook-ca -w|--wait --wait-timeout",
  ],
])("kubectl kudo %s", (name, flags) => {
  const command = find(name.split(" ").filter(Boolean));
  expect(command.description()).not.toBe("");
  const known = command.options.map(({ short, long }) => [short, long].filter(Boolean).join("|"));
  expect(known).toEqual(expect.arrayContaining(flags.split(" ").filter(Boolean)));
});

function find(words: readonly string[]): Command {
  return words.reduce<Command>((command, word) => {
    const found = command.commands.find(
      (child) => child.name() === word || child.aliases().includes(word),
    );
    if (!found) throw new Error(`there is no ${words.join(" ")}`);
    return found;
  }, program);
}
