import type { Issue } from "../../model/issue.ts";
import { readSimulation, SIMULATION_FILE } from "../../package/read-simulation.ts";
import type { PackageView } from "../package-view.ts";

/** What the package's simulated pods say can be read. */
export function simulation({ pkg }: PackageView): Issue[] {
  const file = pkg.files.get(SIMULATION_FILE);
  return file ? [...readSimulation(new TextDecoder().decode(file)).issues] : [];
}
