import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Go made of a template: its text, and why it stopped there. */
export interface Answer {
  readonly text: string;
  /** Go's message. */
  readonly error?: string;
}

/** The Go that kubectl was built with; undefined without kubectl. */
export function kubectlGoVersion(): string | undefined {
  const { status, stdout } = spawnSync("kubectl", ["version", "--client", "-o", "json"], {
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  return JSON.parse(stdout).clientVersion?.goVersion;
}

/** Renders templates by Go itself: `kubectl annotate --local` reaches no cluster. */
export class KubectlOracle {
  private readonly folder = mkdtempSync(join(tmpdir(), "kplan-oracle-"));
  private readonly object: string;
  private files = 0;

  /** @param data what templates see; `metadata.annotations` gets an annotation `a` */
  constructor(data: unknown) {
    this.object = join(this.folder, "object.json");
    writeFileSync(this.object, JSON.stringify(data));
  }

  async render(template: string, missingKey: "default" | "error"): Promise<Answer> {
    const file = join(this.folder, `${this.files++}.tpl`);
    writeFileSync(file, template);
    const { status, stdout, stderr } = await run("kubectl", [
      "annotate",
      "--local",
      "-f",
      this.object,
      "a=b",
      "-o",
      `go-template-file=${file}`,
      `--allow-missing-template-keys=${missingKey === "default"}`,
    ]);
    rmSync(file);
    if (status === 0) return { text: stdout };
    const [, error] = /(template: ?output:.*)/s.exec(stderr) ?? [];
    if (error === undefined) throw new Error(`kubectl: ${stderr}`);
    return { text: rendered(stdout), error: error.trimEnd() };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** kubectl writes the template and the object after what was rendered before the error. */
function rendered(stdout: string): string {
  const notes = stdout.lastIndexOf("Error executing template: ");
  return notes < 0 ? stdout : stdout.slice(0, notes);
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, status] = await Promise.all([
    collected(child.stdout),
    collected(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.on("close", resolve);
      child.on("error", reject);
    }),
  ]);
  return { status, stdout, stderr };
}

async function collected(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
