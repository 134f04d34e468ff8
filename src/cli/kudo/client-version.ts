/** What `kubectl kudo version` says of the program, in KUDO's fields. */
export function clientVersion(version: string): Readonly<Record<string, string>> {
  return {
    gitVersion: version,
    gitCommit: "",
    buildDate: "",
    goVersion: "",
    compiler: `node ${process.version}`,
    platform: `${process.platform}/${process.arch}`,
    kubernetesClientVersion: "",
  };
}
