import type { Command } from "commander";
import { KplanError } from "../../model/kplan-error.ts";
import { servesKudo } from "../../store/ensure-crds.ts";
import type { CliDeps, Session } from "../deps.ts";
import { kudoClusterFlags } from "./kudo-options.ts";

/**
 * Does a command's work with the cluster that its flags name, and closes it. Unless `--validate-install=false`, or `needsDefinitions` is false because the command makes
 * them itself, a cluster without KUDO's definitions is refused first.
 */
export async function withSession<T>(
  command: Command,
  deps: CliDeps,
  work: (session: Session) => Promise<T>,
  { needsDefinitions = true }: { readonly needsDefinitions?: boolean } = {},
): Promise<T> {
  const session = await deps.connect(kudoClusterFlags(command));
  try {
    if (needsDefinitions && command.optsWithGlobals().validateInstall !== false)
      await checkDefinitions(session);
    return await work(session);
  } finally {
    session.cluster.close();
  }
}

async function checkDefinitions({ cluster, namespace }: Session): Promise<void> {
  if (await servesKudo(cluster, namespace)) return;
  throw new KplanError(
    "no-definitions",
    "KUDO's definitions are not installed in this cluster: it serves no kudo.dev/v1beta1",
    { kind: "bad-input", hint: "`kplan init` installs them; so does `kplan install PACKAGE`" },
  );
}
