import { createHash } from "node:crypto";
import { packArchive } from "../../package/files/archive.ts";

/** The files of a package of KUDO's that is right in every way. */
export function smallPackage(
  name: string,
  operatorVersion: string,
  appVersion?: string,
): Map<string, Uint8Array> {
  const operator = `apiVersion: kudo.dev/v1beta1
name: ${name}
operatorVersion: "${operatorVersion}"
${appVersion === undefined ? "" : `appVersion: "${appVersion}"\n`}kubernetesVersion: 1.16.0
tasks:
  - name: main
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps:
          - name: main
            tasks: [main]
`;
  const texts = {
    "operator.yaml": operator,
    "params.yaml": "apiVersion: kudo.dev/v1beta1\nparameters: []\n",
    "templates/config.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Name }}\ndata:\n  a: b\n",
  };
  return new Map(
    Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
}

/** The same as an archive, with its digest. */
export async function smallArchive(
  name: string,
  operatorVersion: string,
  appVersion?: string,
): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> {
  const bytes = await packArchive(smallPackage(name, operatorVersion, appVersion));
  return { bytes, digest: createHash("sha256").update(bytes).digest("hex") };
}
