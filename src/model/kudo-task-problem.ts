import type { PipeFile, Task } from "./task.ts";

/**
 * Why KUDO could not run a task at all, whatever the parameters are (compat section 5, what is checked when a task is built); undefined when it could. A plan that comes to
 * such a task fails for good.
 */
export function kudoTaskProblem(task: Task): string | undefined {
  switch (task.kind) {
    case "Apply":
    case "Delete":
      return emptyResources(task.name, task.resources);
    case "Toggle":
      if (task.parameter === "") return `task ${task.name} names no parameter to go by`;
      return emptyResources(task.name, task.resources);
    case "Pipe":
      return pipeProblem(task.name, task.pipe);
    case "KudoOperator":
      return task.package === "" ? `task ${task.name} names no package` : undefined;
    default:
      return undefined;
  }
}

function emptyResources(name: string, resources: readonly string[]): string | undefined {
  if (resources.length > 0) return undefined;
  return `task ${name} has no resources; a task that does nothing is a Dummy with \`done: true\``;
}

const KINDS: readonly string[] = ["Secret", "ConfigMap"];

function pipeProblem(name: string, pipe: readonly PipeFile[]): string | undefined {
  if (pipe.length === 0) return `task ${name} keeps no file: pipe is empty`;
  for (const { file = "", envFile = "", kind, key } of pipe) {
    const which = `task ${name}, pipe ${JSON.stringify(key)}`;
    if ((file === "") === (envFile === ""))
      return `${which}: one of file and envFile is needed, and only one`;
    if (!KINDS.includes(kind))
      return `${which}: kind is Secret or ConfigMap, not ${JSON.stringify(kind)}`;
    if (!/^[A-Za-z0-9_-]+$/.test(key))
      return `${which}: a key is of letters, digits, _ and - alone`;
    if (!/[A-Za-z0-9]/.test(key)) return `${which}: a key has a letter or digit in it`;
    const last = file.split("/").findLast((part) => part !== "") ?? "";
    if (file !== "" && !/^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/.test(last))
      return `${which}: a ${kind} cannot hold a file of the name ${JSON.stringify(last)}: letters, digits, - _ and . alone`;
  }
  return undefined;
}
