/**
 * Text of a kubeconfig with one cluster, one user and one context, all named `kplan-embedded`. An extension of the cluster says what it is, so that
 * whoever reaches it by this kubeconfig is told that no container runs.
 */
export function kubeconfigText(server: {
  readonly url: string;
  readonly caCert: string;
  readonly token: string;
}): string {
  const name = "kplan-embedded";
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
  - name: ${name}
    cluster:
      server: ${server.url}
      certificate-authority-data: ${Buffer.from(server.caCert).toString("base64")}
      extensions:
        - name: kplan.dev/embedded
          extension: {provider: kplan}
users:
  - name: ${name}
    user:
      token: ${server.token}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      user: ${name}
      namespace: default
`;
}
