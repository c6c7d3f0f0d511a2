/** Runs the program of the guide "use eventfold in your program". */
// #region main
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { OnPostgres } from "./OnPostgres.ts"
import { program } from "./Program.ts"

program.pipe(Effect.provide(OnPostgres), NodeRuntime.runMain)
// #endregion main
