import type { AddCommand } from "../../commands/command.ts";

/** `kubectl kudo diagnostics` */
export const addKudoDiagnostics: AddCommand = () => {};
