/** Text of a kubeconfig with one cluster, one user and one context, all named `kplan-embedded`. */
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
