/** The instance that `--instance` names, for an action. */
export function instanceOf(options: { instance?: string }): { instance?: string } {
  return options.instance === undefined ? {} : { instance: options.instance };
}
