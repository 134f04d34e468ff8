import type { StartControllers } from "../controller-api.ts";

/** Starts the simulated controllers. */
export const startControllers: StartControllers = () => () => {};
