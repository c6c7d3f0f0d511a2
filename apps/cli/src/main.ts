/** `npm run eventfold -- --help`. Exit codes: 0; 1 when something was refused or failed, with the reason in one line. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, Layer, Logger, References } from "effect"
import { Command } from "effect/cli"
import { command } from "./Cli.ts"

// Standard output is for results: what is logged beside goes where errors go.
const logging = Layer.merge(
  Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
  Layer.succeed(References.MinimumLogLevel, "Warn")
)

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.merge(NodeServices.layer, logging)),
  NodeRuntime.runMain
)
