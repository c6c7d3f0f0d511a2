/** `eventfold projections`: how the projections of a running service are. */
import type { ProjectionReport } from "@eventfold/orders-api"
import { Console, Effect, type Option } from "effect"
import { Command } from "effect/cli"
import * as RunningService from "../RunningService.ts"
import { inOneLine } from "../UserErrors.ts"
import { url } from "./Arguments.ts"

const run = Effect.fn("eventfold projections")(function* (options: { readonly url: Option.Option<string> }) {
  const at = yield* RunningService.urlOf(options.url)
  const service = yield* RunningService.client(at)
  const { projections } = yield* RunningService.expectService(at)(service.projections.list({ headers: {} }))
  yield* Effect.forEach(projections, (one) => Console.log(lineOf(one)), { discard: true })
})

const lineOf = ({ deadLetters, lag, mode, name, problem, rebuild, rows, state }: ProjectionReport): string => {
  const behind = lag === undefined || lag.events === 0 ? "up to date" : `${lag.events}${lag.atLeast ? "+" : ""} behind`
  const held = deadLetters === undefined ? 0 : deadLetters.failed + deadLetters.waiting
  return [
    `${name.padEnd(20)} ${mode.padEnd(6)} ${rows.padEnd(10)} ${state}`,
    ...(mode === "async" ? [behind] : []),
    ...(held === 0 ? [] : [`${held} dead letters`]),
    ...(rebuild === undefined ? [] : [rebuild.text]),
    ...(problem === undefined ? [] : [problem])
  ].join(", ")
}

/** Lists the projections. */
export const projectionsCommand = Command.make("projections", { url }, (options) => inOneLine(run(options))).pipe(
  Command.withDescription(
    "Lists the projections of a running service, one line each: how they are run, whether their rows are read or built, what " +
      "they do, how far they are behind, how many events they could not deal with."
  ),
  Command.withShortDescription("How the projections of a running service are"),
  Command.withExamples([
    { command: "eventfold projections", description: "Those of the service of npm start" },
    { command: "eventfold projections --url http://10.0.0.7:3000", description: "Those of another one" }
  ])
)
