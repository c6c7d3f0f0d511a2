/**
 * The sagas and process managers of a process: those of the contexts it hosts. What is told of them is what runs, because both
 * are these values.
 */
import type { Limits } from "@eventfold/domain-fulfilment"
import type { ContextModule } from "../contexts/ContextModule.ts"
import type { SettingsShape } from "../Settings.ts"
import type { RunningManager, RunningSaga } from "./RunningProcess.ts"

/** The sagas of these contexts, as patient as the limits say. */
export const sagas = (modules: ReadonlyArray<ContextModule>, limits: Limits.Limits): ReadonlyArray<RunningSaga> =>
  modules.flatMap((module) => module.sagas(limits))

/** The process managers of these contexts that run under a setting of `FULFILMENT`, as patient as the limits say. */
export const managers = (
  modules: ReadonlyArray<ContextModule>,
  fulfilment: SettingsShape["fulfilment"],
  limits: Limits.Limits
): ReadonlyArray<RunningManager> => modules.flatMap((module) => module.managers(limits)[fulfilment])
