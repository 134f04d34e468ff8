import { quoted } from "./typed-again.ts";

/**
 * A text for people in which each `` `kplan COMMAND` `` that it names can be typed as it stands: by the name that the program was called by, and with the flags of this
 * command line that say which cluster, namespace and instance are meant.
 */
export function aimed(text: string, program: string, argv: readonly string[]): string {
  const { cluster, instance } = flagsOf(argv);
  return text.replace(/`kplan ([a-z]+)([^`\n]*)`/g, (_, command: string, rest: string) => {
    const flags = [
      ...(ABOUT_NO_CLUSTER.has(command) ? [] : cluster),
      ...(ABOUT_INSTANCE.has(command) ? instance : []),
    ].filter(([name]) => !rest.includes(name));
    const words = flags.flatMap(([name, value]) => (value === undefined ? [name] : [name, value]));
    return `\`${[program, `${command}${rest}`, ...words.map(quoted)].join(" ")}\``;
  });
}

const ABOUT_NO_CLUSTER: ReadonlySet<string> = new Set([
  "package",
  "embedded",
  "version",
  "completion",
]);
const ABOUT_INSTANCE: ReadonlySet<string> = new Set([
  "install",
  "update",
  "upgrade",
  "rollback",
  "uninstall",
  "drift",
  "plan",
]);

type Flag = readonly [name: string, value?: string];

/** The flags of a command line that say where; written long, each once. */
function flagsOf(argv: readonly string[]): {
  readonly cluster: readonly Flag[];
  readonly instance: readonly Flag[];
} {
  const given = (...names: readonly string[]): string | undefined => {
    const at = argv.findIndex((word) => names.includes(word));
    if (at >= 0) return argv[at + 1];
    const joined = argv.find((word) => names.some((name) => word.startsWith(`${name}=`)));
    return joined?.slice(joined.indexOf("=") + 1);
  };
  const flag = (name: string, value: string | undefined): readonly Flag[] =>
    value === undefined ? [] : [[name, value]];
  return {
    cluster: [
      ...flag("-n", given("-n", "--namespace")),
      ...flag("--context", given("--context")),
      ...flag("--kubeconfig", given("--kubeconfig")),
      ...(argv.includes("--embedded") ? [["--embedded"] as const] : []),
    ],
    instance: flag("--instance", given("--instance")),
  };
}
