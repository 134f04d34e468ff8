import type { AddCommand } from "../../commands/command.ts";

/** `kubectl kudo repo` */
export const addKudoRepo: AddCommand = () => {};
