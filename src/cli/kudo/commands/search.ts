import type { AddCommand } from "../../commands/command.ts";

/** `kubectl kudo search` */
export const addKudoSearch: AddCommand = () => {};
